/**
 * One connection for all tabs of a browser: the tab that holds the lock leads and tells the others what it hears; when
 * it goes, the next one leads. Nothing depends on a message arriving: every tab has a Feed of its own, which asks for
 * what it misses. Locks and channel are handed in, so that it runs in node.
 */

export class Tabs {
  leading = false;
  #release = () => {};
  #waiting = null;
  #closed = false;

  /** onLead() and onFollow() say what this tab is now, onHear(message) what another one told. */
  constructor({ name, locks, channel, onLead, onFollow, onHear }) {
    Object.assign(this, { name, locks, channel, onLead, onFollow });
    channel.onmessage = ({ data }) => this.#closed || onHear(data);
  }

  /** Ask to lead; until then the others are asked how things stand. */
  start() {
    this.#ask();
    this.tell({ hello: true });
  }

  /** To all other tabs of this live text. */
  tell(message) {
    if (!this.#closed) this.channel.postMessage(message);
  }

  /** Lead at once: the tab that leads has fallen silent, a phone may have put it to sleep. */
  take() {
    if (this.leading || this.#closed) return;
    this.#waiting.abort();
    this.#ask(true);
  }

  /** Let the next tab lead. */
  close() {
    this.#closed = true;
    this.leading = false;
    this.#waiting?.abort();
    this.#release();
    this.channel.close();
  }

  /** A lock cannot be both taken and waited for, so only a request that waits can be given up. */
  #ask(steal = false) {
    this.#waiting = new AbortController();
    const { signal } = this.#waiting;
    this.locks.request(this.name, steal ? { steal } : { signal }, () => this.#lead(signal)).catch(() => {
      if (signal.aborted || this.#closed) return;
      this.leading = false;
      this.onFollow();
      this.#ask();
    });
  }

  #lead(signal) {
    if (signal.aborted || this.#closed) return undefined;
    this.leading = true;
    this.onLead();
    return new Promise((release) => { this.#release = release; });
  }
}

/** What shares the connection of a live text in this browser, or null where it cannot: then each tab has its own. */
export function browserTabs(name) {
  if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel) return null;
  return (hooks) => new Tabs({ name, locks: navigator.locks, channel: new BroadcastChannel(name), ...hooks });
}
