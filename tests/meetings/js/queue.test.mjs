import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Queue } from '../../../plugins/meetings/static/live/queue.js';
import { Storage, Timers, seededRandom, settle } from './support.mjs';

const line = (text) => ({ method: 'POST', path: '/posts', body: { type: 'speech', text } });

/** A lock as the browser gives it: one after the other. */
function fairLock() {
  let last = Promise.resolve();
  return (_name, action) => {
    const run = last.then(action);
    last = run.catch(() => {});
    return run;
  };
}

function desk({ send, prepare, storage = new Storage(), timers = new Timers(), lock = fairLock(), seed = 1, name = 's' }) {
  const random = seededRandom(seed);
  const newKey = () => `key-${seed}-${Math.floor(random() * 1e12)}`.padEnd(20, '0');
  return new Queue({ name, storage, send, prepare, lock, timers, random, now: () => timers.now, newKey });
}

/** A server that keeps one line per key. */
class Server {
  lines = [];
  keys = new Map();
  flying = 0;

  take = async ({ key, body }) => {
    this.flying += 1;
    assert.equal(this.flying, 1, 'one in flight');
    await new Promise((resolve) => setImmediate(resolve));
    this.flying -= 1;
    if (this.keys.has(key)) return { status: 200, body: this.keys.get(key) };
    this.lines.push(body.text);
    this.keys.set(key, { seq: this.lines.length, post: `p${this.lines.length}`, rev: 1 });
    return { status: 201, body: this.keys.get(key) };
  };
}

test('lines go out in order, one in flight, and are done only after the answer', async () => {
  const server = new Server();
  const queue = desk({ send: server.take });
  for (const text of ['一', '二', '三']) queue.add(line(text));
  assert.deepEqual(queue.entries().map((entry) => entry.state), ['waiting', 'waiting', 'waiting']);
  await new Timers().pass(0);
  for (let turn = 0; turn < 10; turn += 1) await settle();
  assert.deepEqual(server.lines, ['一', '二', '三']);
  assert.deepEqual(queue.entries().map((entry) => entry.answer.seq), [1, 2, 3]);
});

test('an answer lost on the way is asked for again under the same key: one line', async () => {
  const server = new Server();
  const timers = new Timers();
  let lost = 3;
  const keys = new Set();
  const send = async (act) => {
    keys.add(act.key);
    const answer = await server.take(act);
    if (lost-- > 0) throw new Error('line dropped');
    return answer;
  };
  const queue = desk({ send, timers });
  queue.add(line('一'));
  await timers.pass(10000);
  assert.deepEqual(server.lines, ['一']);
  assert.equal(keys.size, 1);
  assert.equal(queue.unsent.length, 0);
});

test('the pauses grow from 0.25 to 8 s, spread by half, and honour Retry-After', async () => {
  const timers = new Timers();
  const tried = [];
  let retryAfter = 0;
  const send = async () => {
    tried.push(timers.now);
    return { status: 503, retryAfter };
  };
  const queue = desk({ send, timers });
  queue.add(line('一'));
  await timers.pass(60000);
  const pauses = tried.slice(1).map((at, index) => at - tried[index]);
  pauses.forEach((pause, index) => {
    const middle = Math.min(250 * 2 ** index, 8000);
    assert.ok(pause >= middle * 0.5 && pause <= middle * 1.5, `pause ${index}: ${pause}`);
  });
  retryAfter = 30;
  await timers.pass(12000);
  const count = tried.length;
  await timers.pass(17000);
  assert.equal(tried.length, count);
  assert.equal(queue.unsent.length, 1);
});

test('unsent lines survive a reload, in order and under their keys', async () => {
  const storage = new Storage();
  const before = desk({ storage, send: async () => { throw new Error('off'); } });
  const keys = ['一', '二'].map((text) => before.add(line(text)).key);
  await settle();
  const server = new Server();
  const after = desk({ storage, send: server.take, seed: 2 });
  await after.pump();
  assert.deepEqual(server.lines, ['一', '二']);
  assert.deepEqual([...server.keys.keys()], keys);
});

test('two tabs never send a line twice and keep the order', async () => {
  const storage = new Storage();
  const server = new Server();
  const lock = fairLock();
  const timers = new Timers();
  const tabs = [1, 2].map((seed) => desk({ storage, send: server.take, lock, timers, seed }));
  for (let count = 0; count < 20; count += 1) {
    timers.now += 1;
    tabs[count % 2].add(line(`${count}`));
  }
  for (let turn = 0; turn < 60; turn += 1) await settle();
  assert.deepEqual(server.lines, Array.from({ length: 20 }, (_, count) => `${count}`));
});

test('without browser locks a lease keeps the second tab waiting', async () => {
  const storage = new Storage();
  const timers = new Timers();
  const sent = [];
  let release;
  const slow = (act) => new Promise((resolve) => {
    sent.push(act.body.text);
    release = () => resolve({ status: 201, body: {} });
  });
  const first = desk({ storage, timers, lock: null, send: slow });
  first.add(line('一'));
  await settle();
  const second = desk({ storage, timers, lock: null, seed: 2, send: slow });
  second.pump();
  await timers.pass(900);
  assert.deepEqual(sent, ['一']);
  release();
  await timers.pass(5000);
  assert.equal(second.unsent.length, 0);
  assert.deepEqual(sent, ['一']);
});

for (const status of [412, 413, 422, 404]) {
  test(`a ${status} stays at its line with the text, the next ones go on`, async () => {
    const server = new Server();
    const send = (act) => (act.body.text === '坏'
      ? Promise.resolve({ status, body: { code: 'C', detail: '原因' } }) : server.take(act));
    const queue = desk({ send });
    for (const text of ['坏', '好']) queue.add(line(text));
    for (let turn = 0; turn < 10; turn += 1) await settle();
    assert.deepEqual(server.lines, ['好']);
    const [bad] = queue.unsent;
    assert.equal(bad.act.body.text, '坏');
    assert.deepEqual(bad.refusal, { status, code: 'C', detail: '原因' });
    assert.equal(queue.discard(bad.id).act.body.text, '坏');
    assert.equal(queue.unsent.length, 0);
  });
}

for (const status of [401, 403, 409]) {
  test(`after ${status} everything waits in order until a person resumes`, async () => {
    const server = new Server();
    let open = false;
    const send = (act) => (open ? server.take(act) : Promise.resolve({ status, body: { code: 'WRONG_STATE' } }));
    const queue = desk({ send });
    for (const text of ['一', '二']) queue.add(line(text));
    for (let turn = 0; turn < 10; turn += 1) await settle();
    assert.deepEqual(queue.halted, { status, code: 'WRONG_STATE', detail: '' });
    assert.equal(queue.unsent.length, 2);
    open = true;
    await queue.resume();
    for (let turn = 0; turn < 10; turn += 1) await settle();
    assert.deepEqual(server.lines, ['一', '二']);
  });
}

test('a correction refused for its state holds up nobody', async () => {
  const server = new Server();
  const send = (act) => (act.method === 'PATCH' ? Promise.resolve({ status: 409, body: {} }) : server.take(act));
  const queue = desk({ send });
  queue.add({ method: 'PATCH', path: '/posts/p1', body: { text: '改', reason: '误' } });
  queue.add(line('好'));
  for (let turn = 0; turn < 10; turn += 1) await settle();
  assert.deepEqual(server.lines, ['好']);
  assert.equal(queue.halted, null);
});

test('a full storage is said, and the line is still sent', async () => {
  const server = new Server();
  const queue = desk({ send: server.take, storage: new Storage(0) });
  queue.add(line('一'));
  assert.equal(queue.storageFull, true);
  for (let turn = 0; turn < 10; turn += 1) await settle();
  assert.deepEqual(server.lines, ['一']);
});

/** Loss before and after the server, in 40 runs with two tabs and reloads. */
async function chaos(seed) {
  const random = seededRandom(seed * 7919);
  const storage = new Storage();
  const timers = new Timers();
  const server = new Server();
  const lock = fairLock();
  const send = async (act) => {
    if (random() < 0.3) throw new Error('lost on the way there');
    const answer = await server.take(act);
    if (random() < 0.3) throw new Error('lost on the way back');
    return answer;
  };
  let tab = desk({ storage, send, lock, timers, seed });
  const wanted = [];
  for (let count = 0; count < 40; count += 1) {
    if (random() < 0.1) tab = desk({ storage, send, lock, timers, seed: seed * 1000 + count });
    tab.add(line(`${count}`));
    wanted.push(`${count}`);
    await timers.pass(1 + random() * 400);
  }
  await timers.pass(2000000);
  assert.deepEqual(server.lines, wanted, `seed ${seed}`);
  assert.equal(tab.unsent.length, 0);
}

test('whatever is lost, every line arrives once and in order', async () => {
  for (let seed = 1; seed <= 40; seed += 1) await chaos(seed);
});

test('a picture is uploaded once, its line keeps key, place and body through dropped connections and a reload', async () => {
  const server = new Server();
  const timers = new Timers();
  const storage = new Storage();
  const bodies = [];
  let uploads = 0;
  let down = 4;
  const forgotten = [];
  const prepare = async ({ picture, ...act }) => {
    if (down-- > 2) throw new Error('down');
    uploads += 1;
    const body = { ...act.body, attachments: [`file-${uploads}`] };
    return { act: { ...act, body }, forget: async () => forgotten.push(picture) };
  };
  const send = async (act) => {
    bodies.push(JSON.stringify([act.key, act.body]));
    if (down-- > 0) throw new Error('down');
    return server.take(act);
  };
  const first = desk({ send, prepare, storage, timers });
  first.add(line('一'));
  first.add({ method: 'POST', path: '/posts', picture: 'p', body: { type: 'image', text: '图' } });
  first.add(line('三'));
  await timers.pass(1000);
  desk({ send, prepare, storage, timers, seed: 2 }).pump();
  await timers.pass(60000);
  assert.deepEqual(server.lines, ['一', '图', '三']);
  assert.equal(uploads, 1);
  assert.deepEqual(forgotten, ['p']);
  assert.equal(new Set(bodies.filter((one) => one.includes('图'))).size, 1);
});

test('a picture the server does not take stays refused with its text; the next lines go on', async () => {
  const server = new Server();
  const timers = new Timers();
  const prepare = async () => ({ answer: { status: 413, body: { detail: '太大' } } });
  const queue = desk({ send: server.take, prepare, timers });
  queue.add({ method: 'POST', path: '/posts', picture: 'p', body: { type: 'image', text: '图' } });
  queue.add(line('后面'));
  await timers.pass(1000);
  assert.deepEqual(server.lines, ['后面']);
  assert.equal(queue.entries()[0].refusal.detail, '太大');
});
