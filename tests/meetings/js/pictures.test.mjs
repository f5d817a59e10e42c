import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MOST_OCTETS, Pictures, pictureFault } from '../../../plugins/meetings/static/live/pictures.js';

/** As much of IndexedDB as is used: one store, requests that answer later. */
class Database {
  rows = new Map();

  open() {
    const asked = { result: { createObjectStore() {}, transaction: () => ({ objectStore: () => this }) } };
    queueMicrotask(() => { asked.onupgradeneeded?.(); asked.onsuccess(); });
    return asked;
  }

  #answer(result) {
    const asked = { result };
    queueMicrotask(() => asked.onsuccess());
    return asked;
  }

  put = (value, id) => this.#answer(this.rows.set(id, value));
  get = (id) => this.#answer(this.rows.get(id));
  delete = (id) => this.#answer(this.rows.delete(id));
}

const act = { method: 'POST', path: '/posts', picture: 'a', body: { type: 'image', text: '示意图' } };

test('kind and size are said before anything is sent', () => {
  assert.equal(pictureFault({ type: 'image/png', size: MOST_OCTETS }), '');
  assert.equal(pictureFault({ type: 'image/png', size: MOST_OCTETS + 1 }), 'size');
  assert.equal(pictureFault({ type: 'image/svg+xml', size: 1 }), 'kind');
});

test('a kept picture is uploaded, named in the line, and forgotten only afterwards', async () => {
  const database = new Database();
  const forms = [];
  const upload = async (form) => { forms.push(form); return { status: 201, body: { id: 'f1' } }; };
  const pictures = new Pictures({ database, upload });
  await pictures.keep('a', new Blob(['bytes'], { type: 'image/jpeg' }));
  const ready = await pictures.prepare(act);
  assert.deepEqual(ready.act, { method: 'POST', path: '/posts', body: { ...act.body, attachments: ['f1'] } });
  assert.equal(forms[0].get('file').name, 'picture.jpg');
  assert.equal(await forms[0].get('file').text(), 'bytes');
  assert.equal(database.rows.size, 1);
  await ready.forget();
  assert.equal(database.rows.size, 0);
});

test('a refused or a lost picture is told as an answer', async () => {
  const pictures = new Pictures({ database: new Database(), upload: async () => ({ status: 413, body: {} }) });
  assert.equal((await pictures.prepare(act)).answer.status, 422);
  await pictures.keep('a', new Blob(['x'], { type: 'image/png' }));
  assert.equal((await pictures.prepare(act)).answer.status, 413);
});
