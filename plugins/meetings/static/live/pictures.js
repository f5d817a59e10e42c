/**
 * Pictures that wait to be sent, with their bytes: in IndexedDB, because the queue's storage is too small for them.
 * A picture is uploaded once; then the line that shows it goes out under its own key.
 */

export const KINDS = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
export const MOST_OCTETS = 5 * 1024 * 1024;
const STORE = 'pictures';

/** Why a picture cannot go out: 'kind', 'size', or ''. */
export function pictureFault({ type, size }) {
  if (!KINDS.has(type)) return 'kind';
  return size > MOST_OCTETS ? 'size' : '';
}

/** What a database request answers. */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** A name the server takes for these bytes. */
const nameOf = (type) => `picture.${type.split('/')[1].replace('jpeg', 'jpg')}`;

export class Pictures {
  #opened = null;

  /** database: the browser's indexedDB; upload(form) answers `{status, body}` or throws when the line dropped. */
  constructor({ database, upload }) {
    Object.assign(this, { database, upload });
  }

  /** Keep a picture under an id until it was sent; throws where the browser has no room. */
  async keep(id, blob) {
    // The bytes themselves: what the clipboard lends is gone after a reload.
    const entry = { type: blob.type, bytes: await blob.arrayBuffer() };
    await this.#in('readwrite', (store) => store.put(entry, id));
  }

  /** Upload what an act names and answer the act as it can be sent and how to forget the bytes, or the refusal. */
  async prepare(act) {
    const kept = await this.#in('readonly', (store) => store.get(act.picture));
    if (!kept) return { answer: { status: 422, body: { code: 'PICTURE_GONE' } } };
    const form = new FormData();
    form.append('file', new Blob([kept.bytes], { type: kept.type }), nameOf(kept.type));
    const answer = await this.upload(form);
    if (answer.status !== 200 && answer.status !== 201) return { answer };
    const { picture, ...rest } = act;
    const body = { ...act.body, attachments: [answer.body.id] };
    return { act: { ...rest, body }, forget: () => this.#in('readwrite', (store) => store.delete(picture)) };
  }

  async #in(mode, work) {
    this.#opened ??= this.#open();
    const database = await this.#opened;
    return done(work(database.transaction(STORE, mode).objectStore(STORE)));
  }

  #open() {
    const request = this.database.open('mingtang.pictures', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return done(request);
  }
}
