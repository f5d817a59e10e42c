import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reading } from '../../../plugins/meetings/static/live/aloud.js';
import { Replay, since } from '../../../plugins/meetings/static/live/replay.js';
import { matches, step } from '../../../plugins/meetings/static/live/search.js';
import { Timers } from './support.mjs';

function voice(texts) {
  const said = [];
  const pending = [];
  const reading = new Reading({
    speak: (text, done) => { said.push(text); pending.push(done); },
    quiet: () => said.push('—'),
    textOf: (post) => texts[post],
  });
  return { reading, said, finish: () => pending.shift()() };
}

test('lines are read one after the other, in order, and those taken back in between are left out', () => {
  const texts = { a: '一', b: '二', c: '三' };
  const { reading, said, finish } = voice(texts);
  reading.start(['a']);
  reading.add('b');
  reading.add('c');
  assert.deepEqual(said, ['一']);
  delete texts.b;
  finish();
  assert.deepEqual(said, ['一', '三']);
  finish();
  texts.d = '四';
  reading.add('d');
  assert.equal(said[2], '四');
});

test('a pause silences at once and goes on with the line it cut off', () => {
  const { reading, said, finish } = voice({ a: '一', b: '二' });
  reading.start(['a']);
  reading.pause(true);
  reading.add('b');
  finish(); // the cut-off utterance reports its end late
  assert.deepEqual(said, ['一', '—']);
  reading.pause(false);
  assert.deepEqual(said, ['一', '—', '一']);
  finish();
  assert.equal(said[3], '二');
});

test('after stopping nothing is read until it is started again', () => {
  const { reading, said, finish } = voice({ a: '一', b: '二' });
  reading.start(['a']);
  reading.stop();
  finish();
  reading.add('b');
  assert.deepEqual(said, ['一', '—']);
  reading.start(['b']);
  assert.equal(said[2], '二');
});

function player(moments) {
  const timers = new Timers();
  const seen = [];
  const replay = new Replay({
    times: since(moments), timers, now: () => timers.now, onMove: (position, count) => seen.push(count),
  });
  return { replay, timers, seen };
}

const MOMENTS = ['2026-11-24T09:00:00+08:00', '2026-11-24T09:00:10+08:00', '2026-11-24T09:01:00+08:00'];

test('a replay keeps the pace of the meeting, and ends with everything shown', async () => {
  const { replay, timers, seen } = player(MOMENTS);
  replay.play();
  assert.equal(seen.pop(), 1);
  await timers.pass(9700);
  assert.equal(seen.pop(), 1);
  await timers.pass(600);
  assert.equal(seen.pop(), 2);
  await timers.pass(50000);
  assert.equal(seen.pop(), 3);
  assert.equal(replay.playing, false);
  assert.equal(timers.pending, 0);
});

test('twenty times as fast, paused, sought and begun again', async () => {
  const { replay, timers, seen } = player(MOMENTS);
  replay.speed = 20;
  replay.play();
  await timers.pass(1000);
  assert.equal(seen.pop(), 2);
  replay.pause();
  await timers.pass(10000);
  assert.equal(seen.pop(), 2);
  replay.seek(0);
  assert.equal(seen.pop(), 1);
  replay.seek(1e9);
  assert.equal(seen.pop(), 3);
  replay.play();
  assert.equal(seen.pop(), 1);
  replay.pause();
});

test('a clock set back does not take the replay back', () => {
  assert.deepEqual(since([MOMENTS[1], MOMENTS[0], MOMENTS[2]]), [0, 0, 50000]);
  assert.deepEqual(since([]), []);
});

test('words are found whatever their case, and steps go round', () => {
  const rows = ['加装电梯 GB-7588', '停车收费', 'gb-7588 补偿'].map((textContent) => ({ textContent }));
  assert.deepEqual(matches(rows, ' Gb-7588 '), [rows[0], rows[2]]);
  assert.deepEqual(matches(rows, '  '), []);
  assert.deepEqual([step(1, 1, 2), step(0, -1, 2), step(0, 1, 0)], [0, 1, -1]);
});
