/**
 * The reader's state machine of the live text (protocol version 1). It knows no page and no network:
 * whoever makes it hands in how to ask for missing events, timers and chance, so it runs in node as it does here.
 *
 * Rules: seq ≤ last is dropped, last + 1 is applied, beyond is kept (at most 500) for 250 ms ± 20 %, then one
 * repair request goes out; too much kept → snapshot. A lower rev never overwrites. Another epoch → start anew.
 */

export const WAIT_MS = 250;
export const MAX_WAIT_MS = 8000;
export const SPREAD = 0.2;
export const KEEP = 500;

const systemTimers = {
  set: (action, ms) => setTimeout(action, ms),
  clear: (id) => clearTimeout(id),
};

/** A duration spread by ± share, so that a crowd does not ask in the same instant. */
export function spread(ms, share, random) {
  return ms * (1 - share + 2 * share * random());
}

export class Feed {
  epoch = null;
  last = 0;
  head = 0;
  state = null;
  digest = null;
  generation = null;
  item = null;
  pinned = null;
  stats = { applied: 0, dropped: 0, unknown: 0, outdated: 0, repairs: 0, snapshots: 0, resets: 0, overflows: 0 };
  #posts = new Map();
  #kept = new Map();
  #timer = null;
  #asking = null;
  #wish = null;
  #vain = 0;
  #stopped = false;

  /**
   * catchUp(after, epoch) and snapshot() answer promises of what the HTTP addresses answer; an error with
   * `gone` true means another epoch (410), one with `refused` true that asking again is of no use.
   */
  constructor({ catchUp, snapshot, timers = systemTimers, random = Math.random, onChange = () => {} }) {
    Object.assign(this, { catchUp, snapshot, timers, random, onChange });
  }

  /** Begin with what the page already shows: `{epoch, head, state, posts[]}` in the order of the record. */
  seed({ epoch, head, state = null, digest = null, generation = null, item = null, pinned = null, posts = [] }) {
    this.#posts = new Map(posts.map((post) => [post.post, { corrections: [], ...post }]));
    Object.assign(this, { epoch, last: head, digest, generation, item, pinned, state: state ?? this.state });
    this.head = Math.max(head, 0);
    for (const seq of [...this.#kept.keys()]) if (seq <= head) this.#kept.delete(seq);
  }

  /** Take a frame, a join answer or a catch-up answer; true when it belonged to this epoch. */
  receive(frame) {
    if (this.#stopped) return false;
    if (frame.reset || !this.#sameEpoch(frame.epoch)) {
      this.reload();
      return false;
    }
    const changes = [];
    for (const event of frame.events ?? []) this.#take(event, changes);
    this.#learn(frame, changes);
    if (this.complete) this.#vain = 0;
    this.#tell(changes);
    this.#watch();
    return true;
  }

  /** A heartbeat carries no events, but its head tells what is missing. */
  heartbeat({ epoch, head, digest, state }) {
    return this.receive({ epoch, head, digest, state, events: [] });
  }

  /** Posts in the order of the record, as plain copies. */
  lines() {
    return [...this.#posts.values()].map((post) => ({ ...post, corrections: [...post.corrections] }));
  }

  /** One line, or undefined. */
  line(post) {
    return this.#posts.get(post);
  }

  /** True when nothing is known to be missing. */
  get complete() {
    return this.last >= this.head && this.#kept.size === 0;
  }

  /** Ask for what follows `last` now (polling, or after a join that could not carry everything). */
  poll() {
    this.#wish ??= 'repair';
    return this.#ask();
  }

  /** Replace everything by the snapshot; used for another epoch and when too much was kept. */
  reload() {
    this.#wish = 'snapshot';
    // After a vain attempt the timer paces the next one, however many frames ask for it.
    if (this.#vain === 0) return this.#ask();
    this.#watch();
    return this.#asking ?? Promise.resolve(false);
  }

  /** No further request and no further change; used when the page goes or the right to read is lost. */
  stop() {
    this.#stopped = true;
    this.#disarm();
  }

  #sameEpoch(epoch) {
    if (this.epoch === null) this.epoch = epoch;
    return epoch === this.epoch;
  }

  #take(event, changes) {
    if (event.seq <= this.last) {
      this.stats.dropped += 1;
    } else if (event.seq === this.last + 1) {
      this.#apply(event, changes);
      this.#drain(changes);
    } else if (this.#kept.size < KEEP || this.#kept.has(event.seq)) {
      this.#kept.set(event.seq, event);
    } else {
      this.stats.overflows += 1;
      this.#kept.clear();
      this.reload();
    }
  }

  #drain(changes) {
    for (let event; (event = this.#kept.get(this.last + 1)); ) {
      this.#kept.delete(event.seq);
      this.#apply(event, changes);
    }
    for (const seq of this.#kept.keys()) if (seq <= this.last) this.#kept.delete(seq);
  }

  #apply(event, changes) {
    this.last = event.seq;
    this.head = Math.max(this.head, event.seq);
    this.stats.applied += 1;
    const fold = FOLDS[event.kind];
    if (!fold) {
      this.stats.unknown += 1;
      return;
    }
    const change = fold(this, this.#posts, event);
    if (change) changes.push(change);
    else if (change === null) this.stats.outdated += 1;
  }

  #learn({ head, state, digest, generation }, changes) {
    if (generation !== undefined) this.generation = Math.max(generation, this.generation ?? 0);
    if (head > this.head) this.head = head;
    // A late answer may carry an older state; what is known up to a higher head stands.
    if (head === undefined || head < this.head) return;
    if (digest !== undefined) this.digest = digest;
    if (state && state !== this.state) {
      this.state = state;
      changes.push({ type: 'status', state });
    }
  }

  #tell(changes) {
    if (changes.length) this.onChange(changes);
  }

  #watch() {
    if (this.#stopped || (this.complete && !this.#wish)) {
      this.#disarm();
    } else if (this.#timer === null && !this.#asking) {
      const ms = Math.min(WAIT_MS * 2 ** this.#vain, MAX_WAIT_MS);
      this.#timer = this.timers.set(() => {
        this.#timer = null;
        if (!this.complete || this.#wish) this.poll();
      }, spread(ms, SPREAD, this.random));
    }
  }

  #disarm() {
    if (this.#timer !== null) this.timers.clear(this.#timer);
    this.#timer = null;
  }

  /** One request at a time; wishes that come while one is under way are met after it. */
  #ask() {
    if (this.#stopped) return Promise.resolve(false);
    this.#disarm();
    this.#asking ??= this.#meetWishes().finally(() => {
      this.#asking = null;
      this.#watch();
    });
    return this.#asking;
  }

  async #meetWishes() {
    let met = false;
    while (this.#wish && !this.#stopped) {
      const wish = this.#wish;
      this.#wish = null;
      try {
        met = await (wish === 'snapshot' ? this.#replace() : this.#repair());
      } catch (error) {
        if (error.gone && wish === 'repair') this.#wish = 'snapshot';
        else return this.#failed(error, wish);
      }
    }
    return met;
  }

  async #repair() {
    this.stats.repairs += 1;
    const before = this.last;
    const frame = await this.catchUp(this.last, this.epoch);
    if (this.receive(frame) && frame.more && this.last > before) this.#wish ??= 'repair';
    this.#vain = this.last > before || this.complete ? 0 : this.#vain + 1;
    return true;
  }

  async #replace() {
    this.stats.snapshots += 1;
    const shot = await this.snapshot();
    const anew = shot.epoch !== this.epoch;
    if (!anew && shot.head <= this.last) {
      this.#vain += 1; // a cached older copy: never go back, ask later if something is still missing
      return false;
    }
    if (anew) this.#kept.clear();
    this.stats.resets += anew ? 1 : 0;
    this.#vain = 0;
    this.seed(shot);
    const changes = [{ type: 'reset', anew }, { type: 'status', state: this.state }];
    this.#drain(changes);
    this.#tell(changes);
    return true;
  }

  #failed(error, wish) {
    if (error.refused) this.stop();
    else this.#wish ??= wish;
    this.#vain += 1;
    this.onChange([{ type: error.refused ? 'refused' : 'unreachable', error }]);
    return false;
  }
}

/** What each numbered kind does; the answer is the change to show, null when an older rev was kept away. */
const FOLDS = {
  publish: addLine,
  notice: addLine,
  correct(feed, posts, event) {
    const post = posts.get(event.post);
    if (!post) return undefined; // older than the lines of this page
    if (event.rev <= post.rev || post.state === 'retracted') return null;
    const { rev, at, reason } = event;
    post.corrections.push({ rev, at, reason, before: event.blank ? null : (event.before ?? post.text) });
    Object.assign(post, { rev, text: event.blank ? null : event.text });
    return { type: 'corrected', post: event.post };
  },
  retract(feed, posts, event) {
    const post = posts.get(event.post);
    if (!post) return undefined;
    if (event.rev <= post.rev) return null;
    const { rev, public_note } = event;
    const corrections = post.corrections.map((correction) => ({ ...correction, before: null }));
    Object.assign(post, { rev, public_note, corrections, text: null, state: 'retracted', retracted_at: event.at });
    return { type: 'retracted', post: event.post };
  },
  pin(feed, posts, event) {
    feed.pinned = event.post;
    return { type: 'pinned', post: event.post };
  },
  unpin(feed) {
    feed.pinned = null;
    return { type: 'pinned', post: null };
  },
  item(feed, posts, event) {
    feed.item = event.item;
    return { type: 'item', item: event.item };
  },
  status(feed, posts, event) {
    feed.state = event.state;
    return { type: 'status', state: event.state };
  },
};

function addLine(feed, posts, event) {
  const known = posts.get(event.post);
  if (known && known.rev >= event.rev) return null;
  const { kind, blank, ...rest } = event;
  // An event whose text was withdrawn later arrives blank; its retraction follows with the public note.
  const text = blank ? null : event.text;
  posts.set(event.post, { ...rest, text, state: blank ? 'retracted' : 'public', corrections: [] });
  return { type: 'line', post: event.post };
}
