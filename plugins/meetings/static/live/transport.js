/**
 * Brings events to a Feed: over a socket while that works, else by asking the HTTP address every 5–15 s.
 * Knows no page; `io`, `fetch` and timers are handed in, so the same code reads in node.
 *
 * Connection words told by onState: connecting, live, polling, reconnecting, silent, busy, denied, gone, ended.
 */

import { Feed } from './feed.js';

export const SILENCE_MS = 20000;
export const POLL_MS = [5000, 15000];
const GRACE_MS = 3000;
const ACK_MS = 10000;
const BLOCK = 100;
/** More than these are read in blocks, fewer from a number that many readers share: a cache answers both. */
const GAP = 200;
const STEP = 10;

/** An answer of the HTTP addresses as JSON; errors are marked so that the feed knows what to do. */
export async function readJson(fetch, url, options = {}) {
  const response = await fetch(url, { credentials: 'same-origin', ...options });
  if (response.ok) return response.json();
  const error = new Error(`${response.status} ${url}`);
  error.status = response.status;
  error.gone = response.status === 410;
  error.refused = [401, 403, 404].includes(response.status);
  throw error;
}

export class Transport {
  state = 'connecting';
  #socket = null;
  #pollTimer = null;
  #silenceTimer = null;
  #joinTimer = null;
  #closed = false;

  /**
   * where: `{origin, base, jurisdiction, meeting, invited}`, base being `/api/v1/<j>/meetings/<id>/live`.
   * ticket(), when given, answers a promise of a one-use ticket for an invited-only session.
   * tabs(hooks), when given, makes a Tabs (tabs.js): then one tab of the browser holds the connection.
   */
  constructor({ io, where, fetch = globalThis.fetch.bind(globalThis), ticket = null, tabs = null, onChange = () => {},
    onState = () => {}, random = Math.random, timers, socketOptions = {}, fetchOptions = {},
    visible = () => globalThis.document?.visibilityState !== 'hidden' }) {
    Object.assign(this, { io, where, fetch, ticket, onState, random, visible, socketOptions, fetchOptions });
    this.timers = timers ?? { set: (action, ms) => setTimeout(action, ms), clear: (id) => clearTimeout(id) };
    this.feed = new Feed({
      random, timers: this.timers,
      catchUp: (after, epoch) => this.#missing(after, epoch),
      snapshot: () => this.#read('/snapshot'),
      onChange: (changes) => this.#changed(changes, onChange),
    });
    const hooks = { onLead: () => this.#connect(), onFollow: () => this.#hangUp(), onHear: (said) => this.#told(said) };
    this.tabs = tabs?.(hooks);
  }

  /** Connect or listen to the tab that is connected; poll where there is no socket client. */
  start() {
    if (this.feed.state === 'sealed' && this.feed.complete) return this.close('ended');
    if (!this.tabs) return this.#connect();
    this.tabs.start();
    return this.#watchSilence();
  }

  #connect() {
    if (!this.io) {
      this.#say('polling');
      return this.#schedulePoll(0);
    }
    // Named, because the client's third one, WebTransport, makes it wait 20 s where a browser has none.
    // Without a WebSocket its error comes before anybody listens, and nothing else is tried.
    const transports = globalThis.WebSocket ? ['websocket', 'polling'] : ['polling'];
    const options = { path: '/socket.io/', transports, tryAllTransports: true,
      reconnectionDelay: 500, reconnectionDelayMax: 8000, randomizationFactor: 0.5, ...this.socketOptions };
    this.#socket = this.io(`${this.where.origin}/live`, options);
    this.#socket.on('connect', () => this.#join());
    this.#socket.on('events', (frame) => this.#heard(frame));
    this.#socket.on('hb', (beat) => this.#heard({ ...beat, events: [] }));
    this.#socket.on('closed', ({ code }) => this.#refused(code));
    this.#socket.on('bye', (said) => this.#parted(said));
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    this.#socket.on('connect_error', () => this.#lost('error'));
    this.#watchSilence();
  }

  /** Leave for good. */
  close(state = 'ended') {
    this.#closed = true;
    this.feed.stop();
    this.#leave();
    this.#say(state);
  }

  /** Another tab leads now: this one keeps its feed and listens. */
  #hangUp() {
    this.#socket?.disconnect();
    this.#socket = null;
    this.timers.clear(this.#joinTimer);
    this.#watchSilence();
  }

  /** What another tab of this browser said. */
  #told({ hello, frame, state }) {
    if (this.#closed) return;
    if (hello && this.tabs.leading) {
      const { epoch, head } = this.feed;
      this.#share({ state: this.state, frame: { epoch, head, state: this.feed.state, events: [] } });
    }
    if (this.tabs.leading) return;
    this.#watchSilence(); // whoever leads is there, connected or not
    if (state) this.#say(state);
    if (state === 'live') this.#stopPolling();
    if (frame) this.#heard(frame);
  }

  #share(message) {
    if (this.tabs?.leading) this.tabs.tell(message);
  }

  /** What follows `after`; some of it may be known already. */
  async #missing(after, epoch) {
    const { head, generation } = this.feed;
    const block = Math.floor(after / BLOCK);
    if (generation !== null && head - after > GAP && (block + 1) * BLOCK <= head) {
      try {
        return await this.#readOn(`/blocks/${generation}/${block}`, { more: true });
      } catch (error) {
        if (error.status !== 404 && !error.gone) throw error; // a text was withdrawn: the tail says how things stand
      }
    }
    return this.#readOn(`?after=${after - after % STEP}` + (epoch ? `&epoch=${epoch}` : '') + '&limit=500');
  }

  async #readOn(suffix, more = {}) {
    const frame = { ...await this.#read(suffix), ...more };
    this.#share({ frame });
    return frame;
  }

  #read(suffix) {
    return readJson(this.fetch, `${this.where.origin}${this.where.base}${suffix}`, this.fetchOptions);
  }

  async #join() {
    const { jurisdiction, meeting } = this.where;
    const request = { v: 1, jurisdiction, meeting, epoch: this.feed.epoch, after: this.feed.last };
    try {
      if (this.ticket) request.ticket = await this.ticket();
      const answer = await this.#socket.timeout(ACK_MS).emitWithAck('join', request);
      if (this.#closed) return;
      if (answer.ok) this.#joined(answer);
      else this.#refused(answer.code, answer.retry_after);
    } catch {
      this.#lost('join');
      this.#joinLater(1);
    }
  }

  #joined(answer) {
    this.#stopPolling();
    this.#say('live');
    this.#watchSilence();
    this.#share({ frame: answer });
    this.feed.receive(answer);
    if (answer.more) this.feed.poll();
  }

  #refused(code, retryAfter = 10) {
    if (code === 'FORBIDDEN') return this.close('denied');
    if (code === 'GONE') return this.close('gone');
    // Full: the socket is given back, the HTTP path keeps on, and a place is asked for later.
    this.#say('busy');
    this.#socket.disconnect();
    this.#schedulePoll();
    this.#joinLater(retryAfter);
  }

  /** A planned restart: come back at the moment that was drawn for this reader, and read over HTTP until then. */
  #parted({ after_ms: ms }) {
    const socket = this.#socket;
    this.#socket = null; // what the old connection still says is no loss
    socket.disconnect();
    this.#socket = socket;
    this.#watchSilence();
    this.#say('reconnecting');
    if (this.#pollTimer === null) this.#schedulePoll();
    this.#joinIn(ms);
  }

  #joinLater(seconds) {
    this.#joinIn(seconds * 1000 * (0.5 + this.random()));
  }

  #joinIn(ms) {
    this.timers.clear(this.#joinTimer);
    this.#joinTimer = this.timers.set(() => {
      if (this.#closed || !this.#socket) return;
      if (this.#socket.connected) this.#join();
      else this.#socket.connect();
    }, ms);
  }

  #lost(reason) {
    if (this.#closed || !this.#socket || this.state === 'busy') return;
    this.#say(this.#pollTimer === null ? 'reconnecting' : 'polling');
    if (this.#pollTimer === null) this.#schedulePoll(GRACE_MS);
    // The client reconnects by itself, except when the server closed the door.
    if (reason === 'io server disconnect') this.#joinLater(2);
  }

  #heard(frame) {
    this.#watchSilence();
    if (this.state === 'silent') this.#say('live');
    this.#share({ frame });
    this.feed.receive(frame);
  }

  #watchSilence() {
    this.timers.clear(this.#silenceTimer);
    this.#silenceTimer = this.timers.set(() => {
      if (this.state === 'live') this.#say('silent');
      if (this.#pollTimer === null) this.#schedulePoll(0);
      if (this.visible()) this.tabs?.take();
    }, SILENCE_MS);
  }

  #schedulePoll(ms = POLL_MS[0] + (POLL_MS[1] - POLL_MS[0]) * this.random()) {
    this.timers.clear(this.#pollTimer);
    this.#pollTimer = this.timers.set(async () => {
      const reached = await this.feed.poll();
      if (this.#closed || this.#pollTimer === null) return;
      if (this.state === 'live') return this.#stopPolling();
      if (this.state !== 'busy' && this.state !== 'silent') this.#say(reached ? 'polling' : 'reconnecting');
      this.#schedulePoll();
    }, ms);
  }

  #stopPolling() {
    this.timers.clear(this.#pollTimer);
    this.#pollTimer = null;
  }

  #changed(changes, onChange) {
    onChange(changes);
    if (this.feed.state === 'sealed' && this.feed.complete) this.close('ended');
    else if (changes.some((change) => change.type === 'refused')) this.close('denied');
  }

  #leave() {
    this.#stopPolling();
    this.timers.clear(this.#silenceTimer);
    this.timers.clear(this.#joinTimer);
    this.#socket?.disconnect();
    this.tabs?.close();
  }

  #say(state) {
    if (state === this.state) return;
    this.state = state;
    this.onState(state);
    this.#share({ state });
  }
}
