/** Hand-driven time, a tiny truth and storage for the tests of the live text's browser modules. */

export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Timers that only run when told to. */
export class Timers {
  now = 0;
  #due = new Map();
  #ids = 0;

  set = (action, ms) => {
    this.#ids += 1;
    this.#due.set(this.#ids, { at: this.now + ms, action });
    return this.#ids;
  };

  clear = (id) => this.#due.delete(id);

  get pending() {
    return this.#due.size;
  }

  /** Let time pass and everything that falls due happen, promises included. */
  async pass(ms) {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const next = [...this.#due].filter(([, one]) => one.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      this.#due.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].action();
    }
    this.now = end;
    await settle();
  }
}

/** Until every promise that can go on has gone on. */
export async function settle() {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Storage with the face of localStorage and, if wanted, a limit of entries. */
export class Storage {
  #items = new Map();

  constructor(limit = Infinity) {
    this.limit = limit;
  }

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(name) {
    return this.#items.get(name) ?? null;
  }

  setItem(name, value) {
    if (!this.#items.has(name) && this.#items.size >= this.limit) throw new Error('QuotaExceededError');
    this.#items.set(name, String(value));
  }

  removeItem(name) {
    this.#items.delete(name);
  }
}

/** A record as the server keeps it: events and the projection they fold to. */
export class Truth {
  epoch = 'e1';
  events = [];
  posts = new Map();

  get head() {
    return this.events.length;
  }

  publish(text) {
    const post = `p${this.posts.size + 1}${this.epoch}`;
    this.posts.set(post, { post, rev: 1, seq: this.head + 1, state: 'public', text });
    return this.#push({ kind: 'publish', post, rev: 1, text, type: 'speech' });
  }

  correct(post, text) {
    const line = this.posts.get(post);
    const before = line.text;
    Object.assign(line, { text, rev: line.rev + 1 });
    return this.#push({ kind: 'correct', post, rev: line.rev, text, before, reason: '笔误' });
  }

  retract(post) {
    const line = this.posts.get(post);
    Object.assign(line, { text: null, state: 'retracted', rev: line.rev + 1 });
    for (const event of this.events) {
      if (event.post !== post) continue;
      event.blank = true;
      delete event.text;
      delete event.before;
    }
    return this.#push({ kind: 'retract', post, rev: line.rev, public_note: '已撤回' });
  }

  other(kind, fields = {}) {
    return this.#push({ kind, post: null, rev: 0, ...fields });
  }

  after(seq, limit = 500) {
    const events = this.events.slice(seq, seq + limit).map((event) => ({ ...event }));
    return { epoch: this.epoch, head: this.head, state: 'open', events, more: seq + limit < this.head };
  }

  snapshot() {
    const posts = [...this.posts.values()].map((post) => ({ ...post }));
    return { epoch: this.epoch, head: this.head, state: 'open', posts };
  }

  lines() {
    return [...this.posts.values()].map(({ post, rev, state, text }) => ({ post, rev, state, text }));
  }

  #push(event) {
    this.events.push({ seq: this.head + 1, at: '2026-11-24T09:00:00+08:00', ...event });
    return this.events.at(-1);
  }
}

/** What a feed shows, in the shape of Truth.lines(). */
export function shown(feed) {
  return feed.lines().map(({ post, rev, state, text }) => ({ post, rev, state, text }));
}
