import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { io } from 'socket.io-client';

import { Timers, Truth, settle, shown } from './support.mjs';
import { Transport } from '../../../plugins/meetings/static/live/transport.js';

/** A port that nobody listens on. */
async function closedPort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// Ten seconds are patience: the client's own time-out, which this must not wait for, is twenty.
test('a server that is away is tried again soon, whatever transports the browser lacks', { timeout: 10000 }, async () => {
  const origin = `http://127.0.0.1:${await closedPort()}`;
  let transport;
  await new Promise((done) => {
    const watched = (...parts) => {
      const socket = io(...parts);
      socket.io.on('reconnect_attempt', (number) => number === 2 && done());
      return socket;
    };
    transport = new Transport({ io: watched, where: { origin, base: '/live', jurisdiction: 'x', meeting: 'y' } });
    transport.start();
  });
  transport.close();
});

/** A socket that answers every join with `answer`, and a server that answers over HTTP. */
function full(answer) {
  const said = { states: [], reads: [], disconnects: 0, connects: 0 };
  const on = {};
  const socket = {
    connected: false,
    on: (name, hear) => { on[name] = hear; },
    connect() { said.connects += 1; socket.connected = true; on.connect(); },
    disconnect() { said.disconnects += 1; socket.connected = false; on.disconnect('io client disconnect'); },
    timeout: () => ({ emitWithAck: async () => answer }),
  };
  const tail = { epoch: 'e', head: 1, state: 'open', digest: '', more: false,
    events: [{ seq: 1, kind: 'publish', post: 'p', rev: 1, at: '2026-01-01T09:00:00+08:00', type: 'speech', text: 'x' }] };
  const timers = [];
  const transport = new Transport({
    io: () => socket, where: { origin: '', base: '/live', jurisdiction: 'x', meeting: 'y' }, random: () => 0.5,
    fetch: async (url) => { said.reads.push(url); return { ok: true, json: async () => tail }; },
    onState: (state) => said.states.push(state),
    timers: { set: (act, ms) => timers.push({ act, ms }) - 1, clear: (id) => { if (id != null && timers[id]) timers[id].off = true; } },
  });
  const due = (low, high) => timers.find((one) => !one.off && !one.ran && one.ms >= low && one.ms <= high);
  const run = async (timer) => { timer.ran = true; await timer.act(); };
  return { transport, socket, said, due, run, on };
}

test('a reader whom a full server turns away gives the socket back, reads over HTTP, and asks again later', async () => {
  const answer = { ok: false, code: 'BUSY', retry_after: 30 };
  const { transport, socket, said, due, run } = full(answer);
  transport.start();
  socket.connect();
  await new Promise((done) => setImmediate(done));
  assert.equal(said.states.at(-1), 'busy');
  assert.equal(said.disconnects, 1);
  const again = due(30000, 30000);
  await run(due(5000, 15000));
  assert.ok(said.reads.some((url) => url.startsWith('/live?after=0')), 'the HTTP path');
  assert.equal(transport.feed.last, 1);
  assert.equal(said.states.at(-1), 'busy');
  await run(again);
  assert.equal(said.connects, 2);
  transport.close();
});

test('at a planned restart a reader leaves at once and comes back at its own moment, reading meanwhile', async () => {
  const joined = { ok: true, epoch: 'e', head: 0, state: 'open', events: [], more: false };
  const { transport, socket, said, due, run, on } = full(joined);
  transport.start();
  socket.connect();
  await settle();
  assert.equal(said.states.at(-1), 'live');
  on.bye({ after_ms: 12345 });
  assert.deepEqual([said.disconnects, said.states.at(-1)], [1, 'reconnecting']);
  assert.equal(due(3000, 3000), undefined, 'no hurry over HTTP either');
  const back = due(12345, 12345);
  await run(due(5000, 12000));
  assert.equal(transport.feed.last, 1);
  await run(back);
  await settle();
  assert.deepEqual([said.connects, said.states.at(-1)], [2, 'live']);
  transport.close();
});

/** A reader of a truth whose server answers over HTTP as ours does; says what was asked for. */
function reading(truth, generation = 0) {
  const reads = [];
  const refuse = (status) => ({ ok: false, status });
  const fetch = async (url) => {
    reads.push(url.replace('/live', ''));
    const [, asked, block] = /blocks\/(\d+)\/(\d+)/.exec(url) ?? [];
    if (block === undefined) {
      const frame = truth.after(Number(/after=(\d+)/.exec(url)[1]));
      return { ok: true, json: async () => ({ ...frame, generation }) };
    }
    if (Number(asked) !== generation) return refuse(410);
    if ((Number(block) + 1) * 100 > truth.head) return refuse(404);
    return { ok: true, json: async () => ({ epoch: truth.epoch, generation, events: truth.after(block * 100, 100).events }) };
  };
  const timers = new Timers();
  const transport = new Transport({
    io: null, fetch, timers, random: () => 0.5, where: { origin: '', base: '/live', jurisdiction: 'x', meeting: 'y' },
  });
  return { transport, reads, timers };
}

test('a large gap is read in blocks that everybody shares, the rest from a round number', async () => {
  const truth = new Truth();
  for (let number = 0; number < 537; number += 1) truth.publish(`${number}`);
  const { transport, reads, timers } = reading(truth);
  transport.feed.receive({ epoch: truth.epoch, head: 537, state: 'open', generation: 0, events: truth.after(0, 143).events });
  await timers.pass(20000);
  assert.equal(transport.feed.last, 537);
  assert.deepEqual(shown(transport.feed), truth.lines());
  assert.deepEqual(reads.slice(0, 3), ['/blocks/0/1', '/blocks/0/2', '/blocks/0/3']);
  assert.equal(reads[3], '?after=400&epoch=e1&limit=500');
  truth.publish('later');
  transport.feed.heartbeat({ epoch: truth.epoch, head: 538 });
  reads.length = 0;
  await timers.pass(300);
  assert.equal(reads[0], '?after=530&epoch=e1&limit=500');
  assert.deepEqual(shown(transport.feed), truth.lines());
  transport.close();
});

test('a text withdrawn meanwhile gives the blocks new addresses, which the tail tells', async () => {
  const truth = new Truth();
  const first = truth.publish('x').post;
  for (let number = 0; number < 700; number += 1) truth.publish(`${number}`);
  truth.retract(first);
  const { transport, reads, timers } = reading(truth, 1);
  transport.feed.receive({ epoch: truth.epoch, head: truth.head, generation: 0, events: [] });
  await timers.pass(20000);
  assert.deepEqual(reads.slice(0, 2), ['/blocks/0/0', '?after=0&epoch=e1&limit=500']);
  assert.deepEqual(shown(transport.feed), truth.lines());
  transport.close();
  await settle();
});
