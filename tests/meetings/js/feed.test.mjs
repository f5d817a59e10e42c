import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Feed, KEEP } from '../../../plugins/meetings/static/live/feed.js';
import { Timers, Truth, seededRandom, settle, shown } from './support.mjs';

function reader(truth, { seed = 1, fail = () => null } = {}) {
  const timers = new Timers();
  const changes = [];
  const asked = [];
  const answer = async (name, make) => {
    asked.push(name);
    const error = fail(name);
    if (error) throw error;
    return make();
  };
  const feed = new Feed({
    timers, random: seededRandom(seed), onChange: (list) => changes.push(...list),
    catchUp: (after, epoch) => answer('catchUp', () => {
      if (epoch !== truth.epoch) throw Object.assign(new Error('gone'), { gone: true });
      return truth.after(after);
    }),
    snapshot: () => answer('snapshot', () => truth.snapshot()),
  });
  feed.seed({ epoch: truth.epoch, head: 0 });
  return { feed, timers, changes, asked };
}

const frame = (truth, ...events) => ({ epoch: truth.epoch, head: truth.head, events });

test('events in order are shown, those already known are dropped', () => {
  const truth = new Truth();
  const { feed } = reader(truth);
  const one = truth.publish('一');
  const two = truth.publish('二');
  feed.receive(frame(truth, one, two, two, one));
  assert.deepEqual(shown(feed), truth.lines());
  assert.equal(feed.stats.dropped, 2);
});

test('a gap is kept for 200 to 300 ms and closed by one repair', async () => {
  const truth = new Truth();
  const { feed, timers, asked } = reader(truth);
  const lost = truth.publish('一');
  feed.receive(frame(truth, truth.publish('二')));
  assert.deepEqual(shown(feed), []);
  await timers.pass(199);
  assert.deepEqual(asked, []);
  await timers.pass(102);
  assert.deepEqual(asked, ['catchUp']);
  assert.deepEqual(shown(feed), truth.lines());
  feed.receive(frame(truth, lost));
  assert.equal(feed.lines().length, 2);
});

test('a late frame that closes the gap makes the repair needless', async () => {
  const truth = new Truth();
  const { feed, timers, asked } = reader(truth);
  const late = truth.publish('一');
  feed.receive(frame(truth, truth.publish('二')));
  feed.receive(frame(truth, late));
  await timers.pass(1000);
  assert.deepEqual(asked, []);
  assert.deepEqual(shown(feed), truth.lines());
});

test('a heartbeat with a higher head brings what was lost', async () => {
  const truth = new Truth();
  const { feed, timers } = reader(truth);
  truth.publish('一');
  feed.heartbeat({ epoch: truth.epoch, head: truth.head, digest: 'd', state: 'open' });
  await timers.pass(400);
  assert.deepEqual(shown(feed), truth.lines());
  assert.equal(feed.state, 'open');
});

test('more than 500 kept events lead to the snapshot', async () => {
  const truth = new Truth();
  const { feed, asked } = reader(truth);
  for (let count = 0; count < KEEP + 5; count += 1) truth.publish(`第${count}行`);
  for (const event of truth.events.slice(1)) feed.receive({ epoch: truth.epoch, head: 1, events: [event] });
  await settle();
  assert.deepEqual(asked, ['snapshot']);
  assert.deepEqual(shown(feed), truth.lines());
});

test('another epoch replaces everything, but only when the snapshot is there', async () => {
  const truth = new Truth();
  const { feed, changes } = reader(truth);
  feed.receive(frame(truth, truth.publish('旧')));
  const anew = new Truth();
  Object.assign(truth, { epoch: 'e2', events: anew.events, posts: anew.posts });
  truth.publish('新');
  feed.heartbeat({ epoch: 'e2', head: 1 });
  assert.equal(feed.lines()[0].text, '旧');
  await settle();
  assert.deepEqual(shown(feed), truth.lines());
  assert.deepEqual(changes.filter((change) => change.type === 'reset'), [{ type: 'reset', anew: true }]);
});

test('frames of another epoch do not ask for a snapshot each while it fails', async () => {
  const truth = new Truth();
  const { feed, timers, asked } = reader(truth, { fail: () => new Error('503') });
  for (let count = 0; count < 100; count += 1) {
    feed.heartbeat({ epoch: 'e2', head: 1 });
    await timers.pass(100);
  }
  assert.ok(asked.length <= 8, `asked ${asked.length} times in 10 s`);
});

test('corrections keep before and reason, retractions blank every earlier text', () => {
  const truth = new Truth();
  const { feed } = reader(truth);
  const { post } = truth.publish('上百万元');
  truth.correct(post, '上千万元');
  feed.receive(truth.after(0));
  assert.deepEqual(feed.line(post).corrections.map(({ before, reason }) => [before, reason]), [['上百万元', '笔误']]);
  feed.receive(frame(truth, truth.retract(post)));
  const line = feed.line(post);
  assert.equal(line.text, null);
  assert.equal(line.public_note, '已撤回');
  assert.equal(line.corrections[0].before, null);
});

test('a lower rev never overwrites', () => {
  const truth = new Truth();
  const { feed } = reader(truth);
  const { post } = truth.publish('一');
  feed.receive(truth.after(0));
  feed.line(post).rev = 3;
  const { correct } = { correct: truth.correct(post, '二') };
  feed.receive(frame(truth, correct));
  assert.equal(feed.line(post).text, '一');
  assert.equal(feed.stats.outdated, 1);
  assert.equal(feed.last, 2);
});

test('unknown kinds are counted, not shown, and do not stop the flow', () => {
  const truth = new Truth();
  const { feed } = reader(truth);
  feed.receive(frame(truth, truth.other('applause'), truth.publish('一'), truth.other('item', { item: 'i1' })));
  assert.equal(feed.stats.unknown, 1);
  assert.equal(feed.lines().length, 1);
  assert.equal(feed.item, 'i1');
});

test('the state of a late answer does not overwrite a newer one', () => {
  const truth = new Truth();
  const { feed } = reader(truth);
  truth.publish('一');
  feed.receive({ ...truth.after(0), state: 'paused' });
  feed.receive({ epoch: truth.epoch, head: 0, state: 'open', events: [] });
  assert.equal(feed.state, 'paused');
});

test('a refused request ends the feed, a failed one is tried again more slowly', async () => {
  const truth = new Truth();
  let error = new Error('offline');
  const { feed, timers, asked, changes } = reader(truth, { fail: () => error });
  truth.publish('一');
  feed.heartbeat({ epoch: truth.epoch, head: 1 });
  await timers.pass(20000);
  assert.ok(asked.length >= 4 && asked.length <= 9, `asked ${asked.length} times in 20 s`);
  error = Object.assign(new Error('403'), { refused: true });
  await timers.pass(10000);
  assert.equal(changes.at(-1).type, 'refused');
  assert.equal(timers.pending, 0);
});

/** One run: 300 acts, every frame lost, doubled, delayed or cut at random, requests failing one time in five. */
async function chaos(seed) {
  const random = seededRandom(seed);
  const truth = new Truth();
  const fail = () => (random() < 0.2 ? new Error('cut') : null);
  const { feed, timers } = reader(truth, { seed, fail });
  const wire = [];
  let epochs = 1;
  const act = () => {
    const posts = [...truth.posts.values()].filter((post) => post.state === 'public');
    const some = posts[Math.floor(random() * posts.length)];
    const dice = random();
    if (dice < 0.02) Object.assign(truth, { epoch: `e${(epochs += 1)}`, events: [], posts: new Map() });
    else if (dice < 0.75 || !some) truth.publish(`行${random()}`);
    else if (dice < 0.87) truth.correct(some.post, `改${random()}`);
    else if (dice < 0.93) truth.retract(some.post);
    else truth.other(dice < 0.96 ? 'status' : 'unheard-of', { state: 'open' });
  };
  for (let step = 0; step < 300; step += 1) {
    act();
    const events = truth.after(Math.max(0, truth.head - 1 - Math.floor(random() * 3))).events;
    const copies = random() < 0.3 ? 0 : random() < 0.2 ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) wire.push({ epoch: truth.epoch, head: truth.head, events });
    while (wire.length && random() < 0.6) feed.receive(wire.splice(Math.floor(random() * wire.length), 1)[0]);
    await timers.pass(random() * 200);
    const seqs = feed.lines().map((line) => line.seq);
    assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b), `order, seed ${seed}`);
  }
  feed.heartbeat({ epoch: truth.epoch, head: truth.head, state: 'open' });
  for (let turn = 0; turn < 20 && !(feed.complete && feed.epoch === truth.epoch); turn += 1) {
    await timers.pass(15000);
    feed.heartbeat({ epoch: truth.epoch, head: truth.head, state: 'open' });
  }
  assert.deepEqual(shown(feed), truth.lines(), `seed ${seed}`);
}

test('whatever is lost, doubled or out of order, the reader ends with exactly the record', async () => {
  for (let seed = 1; seed <= 60; seed += 1) await chaos(seed);
});
