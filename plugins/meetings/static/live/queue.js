/**
 * The stenographer's unsent acts (lines, corrections, retractions). Each is stored before it is sent, goes out in
 * order, one in flight, always under the key it got when typed, and counts as done only after 200 or 201.
 *
 * Every act has an entry of its own in storage, so two tabs never overwrite each other's; a lock lets one tab
 * send at a time, and the key makes a double send harmless even where the lock is only a lease.
 */

import { spread } from './feed.js';

export const FIRST_MS = 250;
export const LAST_MS = 8000;
export const LEASE_MS = 15000;
const KEEP_DONE = 20;

/** Answers that say something about this act alone: it stays with its text, the next ones go on. */
const THIS_ONE = new Set([404, 412, 413, 415, 422]);
/** Answers that will be the same for every act until a person does something: everything waits. */
const ALL_WAIT = new Set([400, 401, 403, 409]);

export class Queue {
  halted = null;
  storageFull = false;
  #unstored = new Map();
  #timer = null;
  #tries = 0;
  #pumping = null;

  /**
   * send(act) answers `{status, body, retryAfter}` or throws when the line dropped; lock(name, action) runs the
   * action alone among all tabs; onChange() is called after every change of what entries() tells. prepare(act), for
   * acts with a `picture`, answers `{act, forget}` once it is uploaded, or `{answer}`, a refusal.
   */
  constructor({ name, storage, send, prepare, lock, timers, random = Math.random, now = Date.now, newKey, onChange = () => {} }) {
    Object.assign(this, { storage, send, prepare, random, now, newKey, onChange });
    this.prefix = `mingtang.live.${name}.`;
    this.lock = lock ?? leaseLock(storage, `mingtang.lease.${name}`, newKey(), now);
    this.timers = timers ?? { set: (action, ms) => setTimeout(action, ms), clear: (timer) => clearTimeout(timer) };
  }

  /** Store an act `{method, path, body, headers?}` and start sending; answers its entry. */
  add(act) {
    const key = this.newKey();
    // Later than everything stored, whatever the machine's clock does.
    const place = Math.max(Math.floor(this.now()), parseInt(this.entries().at(-1)?.id ?? '0', 10) + 1);
    const entry = { id: `${String(place).padStart(15, '0')}.${key}`, key, act, state: 'waiting', tries: 0 };
    this.#store(entry);
    this.onChange();
    this.pump();
    return entry;
  }

  /** All entries in order: waiting, refused (with code and detail) and the last ones done. */
  entries() {
    const stored = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const name = this.storage.key(index);
      if (name.startsWith(this.prefix)) stored.push(this.#read(name));
    }
    return [...stored.filter(Boolean), ...this.#unstored.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Acts not yet answered with success. */
  get unsent() {
    return this.entries().filter((entry) => entry.state !== 'done');
  }

  /** A person asks again: a refused act waits anew under the same key, and a halt ends. */
  retry(id) {
    const entry = this.entries().find((one) => one.id === id);
    if (entry && entry.state === 'refused') this.#store({ ...entry, state: 'waiting', refusal: undefined });
    this.resume();
  }

  /** End a halt, for instance because the meeting goes on. */
  resume() {
    this.halted = null;
    this.#tries = 0;
    this.#clearTimer();
    this.onChange();
    return this.pump();
  }

  /** Take an act away, answered with it, so that its text can go back to the input field. */
  discard(id) {
    const entry = this.entries().find((one) => one.id === id);
    this.#remove(id);
    this.onChange();
    return entry;
  }

  /** Send what waits; safe to call at any time and from any tab. */
  pump() {
    if (this.halted || this.#timer !== null) return this.#pumping ?? Promise.resolve();
    this.#pumping ??= this.lock(`${this.prefix}send`, () => this.#drain())
      .then((free) => free === false && this.#later(FIRST_MS * 4))
      .finally(() => {
        this.#pumping = null;
        if (this.#next() && !this.halted && this.#timer === null) this.pump();
      });
    return this.#pumping;
  }

  #next() {
    return this.entries().find((entry) => entry.state === 'waiting');
  }

  async #drain() {
    for (let entry; !this.halted && (entry = this.#next()); ) {
      if (!(await this.#sendOne(entry))) return;
    }
    this.#prune();
  }

  async #sendOne(entry) {
    let answer;
    try {
      if (entry.act.picture) ({ entry, answer } = await this.#withPicture(entry));
      answer ??= await this.send({ ...entry.act, key: entry.key });
    } catch {
      answer = { status: 0 };
    }
    const { status, body = {}, retryAfter = 0 } = answer;
    if (status === 200 || status === 201 || status === 202) return this.#done(entry, body);
    if (isAboutThisOne(status, body, entry.act)) return this.#refused(entry, answer, false);
    if (ALL_WAIT.has(status)) return this.#refused(entry, answer, true);
    this.#store({ ...entry, tries: entry.tries + 1 });
    this.#tries += 1;
    const pause = Math.min(FIRST_MS * 2 ** (this.#tries - 1), LAST_MS);
    this.#later(Math.max(spread(pause, 0.5, this.random), Math.min(retryAfter, 60) * 1000));
    this.onChange();
    return false;
  }

  /** The uploaded picture stands in the stored act before the line goes out: its key always means the same body. */
  async #withPicture(entry) {
    const { act, answer, forget } = await this.prepare(entry.act);
    if (answer) return { entry, answer };
    const ready = { ...entry, act };
    this.#store(ready);
    await forget();
    return { entry: ready };
  }

  #done(entry, answer) {
    this.#tries = 0;
    this.#store({ ...entry, state: 'done', answer });
    this.onChange();
    return true;
  }

  #refused(entry, { status, body = {} }, halt) {
    const refusal = { status, code: body.code ?? '', detail: body.detail ?? '' };
    // A halting act keeps its place at the head; it goes first when sending resumes.
    this.#store({ ...entry, state: halt ? 'waiting' : 'refused', refusal });
    if (halt) this.halted = refusal;
    this.onChange();
    return !halt;
  }

  #later(ms) {
    this.#clearTimer();
    this.#timer = this.timers.set(() => {
      this.#timer = null;
      this.pump();
    }, ms);
  }

  #clearTimer() {
    if (this.#timer !== null) this.timers.clear(this.#timer);
    this.#timer = null;
  }

  #prune() {
    const done = this.entries().filter((entry) => entry.state === 'done');
    for (const entry of done.slice(0, Math.max(0, done.length - KEEP_DONE))) this.#remove(entry.id);
  }

  #store(entry) {
    try {
      this.storage.setItem(this.prefix + entry.id, JSON.stringify(entry));
      this.#unstored.delete(entry.id);
      this.storageFull = this.#unstored.size > 0;
    } catch {
      // Full or forbidden: the act is still sent, but would not survive closing the page; that is said.
      this.storage.removeItem(this.prefix + entry.id);
      this.#unstored.set(entry.id, entry);
      this.storageFull = true;
    }
  }

  #remove(id) {
    this.storage.removeItem(this.prefix + id);
    this.#unstored.delete(id);
    this.storageFull = this.#unstored.size > 0;
  }

  #read(name) {
    try {
      return JSON.parse(this.storage.getItem(name));
    } catch {
      return null; // not ours, or cut off; left where it is
    }
  }
}

/** A wrong state stops all new lines, but a correction refused for its own line holds nobody up. */
function isAboutThisOne(status, body, act) {
  if (status === 409) return body.code === 'KEY_REUSED' || act.method !== 'POST';
  return THIS_ONE.has(status);
}

/** The browser's own locks: the second tab waits for its turn. */
export function webLock(locks) {
  return (name, action) => locks.request(name, action);
}

/** Where the browser has no locks: a lease in storage; answers false while another tab holds it. */
export function leaseLock(storage, name, owner, now) {
  const held = () => {
    const [who, until] = (storage.getItem(name) ?? ' 0').split(' ');
    return who && who !== owner && Number(until) > now();
  };
  const renew = () => {
    try {
      storage.setItem(name, `${owner} ${now() + LEASE_MS}`);
      return true;
    } catch {
      return false;
    }
  };
  return async (_name, action) => {
    if (held()) return false;
    if (!renew()) return action(); // no room even for the lease: the key still prevents a double line
    const beat = setInterval(renew, LEASE_MS / 3);
    try {
      await action();
    } finally {
      clearInterval(beat);
      storage.removeItem(name);
    }
    return true;
  };
}
