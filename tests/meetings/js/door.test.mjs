import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import { DoorList, digestOf, readCode } from '../../../plugins/meetings/static/door/list.js';

const hash = (text) => createHash('sha256').update(text).digest('hex');
const person = (id, code, more = {}) => ({
  id, name: '王*明', category_label: '其他公众代表', organisation: '和平路社区', items: [], codes: [hash(`m1:${code}`)],
  promised: true, state: '', ...more,
});
const list = () => new DoorList({ meeting: 'm1', at: '2026-12-01T09:00:00Z', people: [person('a', 'ABCDEFGHJK'), person('b', '0123456789', { promised: false, name: '赵*', organisation: '' })] });

test('a code is read as people type it', () => {
  assert.equal(readCode(' abcde-fghjk '), 'ABCDEFGHJK');
  assert.equal(readCode('OIL34-56789'), '0113456789');
  assert.equal(readCode('https://example.org/huichuan/meetings/invitations/x/'), '');
  assert.equal(readCode(''), '');
});

test('a code is verified without network, by its digest alone', async () => {
  assert.equal(await digestOf('m1:ABCDEFGHJK'), hash('m1:ABCDEFGHJK'));
  assert.equal((await list().whose('ABCDEFGHJK')).id, 'a');
  assert.equal(await list().whose('ABCDEFGHJ0'), undefined);
  assert.equal(await digestOf('x', null), null);
});

test('nobody is let in twice or before the promise', () => {
  const door = list();
  const [first, second] = door.people;
  assert.equal(door.objection(first, 'in'), '');
  assert.equal(door.objection(first, 'out'), 'already');
  assert.equal(door.objection(second, 'in'), 'promise');
  door.note({ person: 'a', event: 'in' });
  assert.equal(door.objection(first, 'in'), 'already');
  assert.equal(door.objection(first, 'out'), '');
  assert.equal(door.present, 1);
});

test('acts not yet uploaded count on top of a newer list', () => {
  const door = list();
  door.note({ person: 'b', event: 'in', promised: true });
  door.replace({ meeting: 'm1', at: 'later', people: [person('a', 'ABCDEFGHJK', { state: 'in' }), person('b', '0123456789', { promised: false })] }, [
    { person: 'b', event: 'in', promised: true }, { person: 'gone', event: 'in' },
  ]);
  assert.deepEqual(door.people.map((one) => [one.state, one.waiting, one.promised]), [['in', false, true], ['in', true, true]]);
  assert.equal(door.present, 2);
});

test('the list is searched by name, body and category', () => {
  assert.deepEqual(list().matching('和平').map((one) => one.id), ['a']);
  assert.deepEqual(list().matching('赵').map((one) => one.id), ['b']);
  assert.equal(list().matching('').length, 2);
});
