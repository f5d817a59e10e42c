import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Tabs } from '../../../plugins/meetings/static/live/tabs.js';
import { Transport } from '../../../plugins/meetings/static/live/transport.js';
import { Timers, Truth, seededRandom, settle, shown } from './support.mjs';

/** One browser: locks and channels as the standards describe them, and one server that counts its sockets. */
class World {
  truth = new Truth();
  timers = new Timers();
  sockets = new Set();
  asked = 0;
  #holder = null;
  #queue = [];
  #channels = new Set();

  locks = {
    request: (name, { signal, steal = false }, held) => new Promise((done, fail) => {
      const wish = { held, done, fail };
      signal?.addEventListener('abort', () => {
        if (!this.#queue.includes(wish)) return;
        this.#queue = this.#queue.filter((one) => one !== wish);
        fail(new Error('AbortError'));
      });
      if (steal) {
        const robbed = this.#holder;
        this.#holder = null;
        this.#queue.unshift(wish);
        robbed?.fail(new Error('AbortError'));
      } else {
        this.#queue.push(wish);
      }
      setImmediate(() => this.#grant());
    }),
  };

  #grant() {
    if (this.#holder || !this.#queue.length) return;
    const wish = this.#queue.shift();
    this.#holder = wish;
    Promise.resolve(wish.held()).then((value) => {
      if (this.#holder === wish) this.#holder = null;
      wish.done(value);
      this.#grant();
    });
  }

  channel(asleep) {
    const made = { onmessage: null, close: () => this.#channels.delete(made) };
    made.postMessage = (data) => {
      if (asleep()) return;
      for (const other of this.#channels) {
        if (other !== made) setImmediate(() => other.onmessage?.({ data: structuredClone(data) }));
      }
    };
    this.#channels.add(made);
    return made;
  }

  /** A page of this browser; `asleep` cuts it off from everything as a phone does with what is not in sight. */
  open({ seed = 1, head = this.truth.head } = {}) {
    const tab = { asleep: false, states: [], lines: 0 };
    const timers = { set: (action, ms) => this.timers.set(() => tab.asleep || action(), ms), clear: this.timers.clear };
    tab.transport = new Transport({
      io: () => this.#socket(tab),
      where: { origin: '', base: '/live', jurisdiction: 'x', meeting: 'y' },
      fetch: async (url) => {
        this.asked += 1;
        const after = Number(new URL(url, 'http://x').searchParams.get('after'));
        return { ok: true, json: async () => structuredClone(url.includes('snapshot') ? this.truth.snapshot() : this.truth.after(after)) };
      },
      tabs: (hooks) => new Tabs({ name: 'live', locks: this.locks, channel: this.channel(() => tab.asleep), ...hooks }),
      random: seededRandom(seed), timers, visible: () => !tab.asleep,
      onState: (state) => tab.states.push(state),
      onChange: (changes) => { tab.lines += changes.filter((one) => one.type === 'line').length; },
    });
    tab.transport.feed.seed({ epoch: this.truth.epoch, head, state: 'open', posts: this.truth.snapshot().posts.slice(0, head) });
    tab.transport.start();
    return tab;
  }

  #socket(tab) {
    const hear = {};
    const socket = {
      connected: true, hear, tab,
      on: (name, action) => { hear[name] = action; },
      connect: () => {},
      disconnect: () => this.sockets.delete(socket),
      timeout: () => ({ emitWithAck: async (name, { after }) => ({ ok: true, reset: false, ...this.truth.after(after, 200) }) }),
    };
    this.sockets.add(socket);
    setImmediate(() => hear.connect());
    return socket;
  }

  /** A line goes out to every socket. */
  say(text) {
    const event = this.truth.publish(text);
    for (const { hear, tab } of this.sockets) {
      if (!tab.asleep) hear.events({ epoch: this.truth.epoch, head: this.truth.head, events: [structuredClone(event)] });
    }
  }

  beat() {
    const { epoch, head } = this.truth;
    for (const { hear, tab } of this.sockets) if (!tab.asleep) hear.hb({ epoch, head, state: 'open', digest: 'd' });
  }
}

test('five tabs hold one socket, and each has every line once', async () => {
  const world = new World();
  const tabs = Array.from({ length: 5 }, (none, seed) => world.open({ seed }));
  await settle();
  for (let line = 0; line < 20; line += 1) world.say(`第${line}行`);
  await world.timers.pass(1000);
  assert.equal(world.sockets.size, 1);
  for (const tab of tabs) {
    assert.deepEqual(shown(tab.transport.feed), world.truth.lines());
    assert.equal(tab.lines, 20);
    assert.equal(tab.transport.state, 'live');
  }
  assert.equal(world.asked, 0);
});

test('when the tab that leads closes, the next one leads; nothing is lost or doubled', async () => {
  const world = new World();
  const tabs = Array.from({ length: 3 }, (none, seed) => world.open({ seed }));
  await settle();
  world.say('一');
  await settle();
  const leader = tabs.find((tab) => tab.transport.tabs.leading);
  leader.transport.close();
  world.say('二'); // nobody hears it
  await settle();
  world.say('三');
  await world.timers.pass(2000);
  assert.equal(world.sockets.size, 1);
  for (const tab of tabs.filter((one) => one !== leader)) {
    assert.deepEqual(shown(tab.transport.feed), world.truth.lines());
    assert.equal(tab.lines, 3);
  }
});

test('a tab that comes later learns what its page does not have yet', async () => {
  const world = new World();
  world.open();
  await settle();
  world.say('一');
  world.say('二');
  const late = world.open({ head: 1 });
  await world.timers.pass(1000);
  assert.deepEqual(shown(late.transport.feed), world.truth.lines());
  assert.equal(late.transport.state, 'live');
});

test('a leader put to sleep is replaced, and follows when it wakes', async () => {
  const world = new World();
  const first = world.open();
  await settle();
  const second = world.open({ seed: 2 });
  await settle();
  assert.ok(first.transport.tabs.leading);
  first.asleep = true;
  world.say('一');
  await world.timers.pass(25000);
  assert.ok(second.transport.tabs.leading);
  assert.deepEqual(shown(second.transport.feed), world.truth.lines());
  assert.equal(second.transport.state, 'live');
  assert.equal([...world.sockets].filter((socket) => socket.tab === first).length, 0);
  first.asleep = false;
  world.say('二');
  world.beat();
  await world.timers.pass(2000);
  assert.ok(!first.transport.tabs.leading);
  assert.deepEqual(shown(first.transport.feed), world.truth.lines());
});

test('tabs opened and closed at random: one socket, and every open tab ends with exactly the record', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = seededRandom(seed);
    const world = new World();
    let tabs = [world.open({ seed })];
    for (let act = 0; act < 60; act += 1) {
      const dice = random();
      if (dice < 0.15) tabs.push(world.open({ seed: act, head: Math.floor(random() * (world.truth.head + 1)) }));
      else if (dice < 0.3 && tabs.length > 1) tabs.splice(Math.floor(random() * tabs.length), 1)[0].transport.close();
      else world.say(`行${act}`);
      if (random() < 0.5) await world.timers.pass(random() * 400);
    }
    await settle();
    world.beat();
    await world.timers.pass(10000);
    assert.equal(world.sockets.size, 1, `seed ${seed}`);
    for (const tab of tabs) assert.deepEqual(shown(tab.transport.feed), world.truth.lines(), `seed ${seed}`);
  }
});
