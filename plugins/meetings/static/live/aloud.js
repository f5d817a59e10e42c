/** Reads new lines aloud, one after the other, in the order of the record. */

/** What is read; `speak(text, done)` and `quiet()` are handed in, so that it runs in node. */
export class Reading {
  on = false;
  paused = false;
  #waiting = [];
  #post = null;
  #turn = 0;

  /** textOf(post) answers what to read now, nothing for a line that was taken back since. */
  constructor({ speak, quiet, textOf }) {
    Object.assign(this, { speak, quiet, textOf });
  }

  /** Begin, with these lines first. */
  start(posts = []) {
    this.on = true;
    this.#waiting = [...posts];
    this.#next();
  }

  /** A new line; while paused it waits. */
  add(post) {
    if (!this.on) return;
    this.#waiting.push(post);
    if (this.#post === null) this.#next();
  }

  /** Be silent for a while; the line that was cut off is read again afterwards. */
  pause(paused) {
    this.paused = paused;
    if (!paused) return this.#next();
    if (this.#post !== null) this.#waiting.unshift(this.#post);
    return this.#silence();
  }

  /** Be silent; what was not read stays unread. */
  stop() {
    this.on = false;
    this.paused = false;
    this.#waiting = [];
    this.#silence();
  }

  #silence() {
    this.#post = null;
    this.#turn += 1;
    this.quiet();
  }

  #next() {
    this.#post = null;
    if (this.paused) return;
    while (this.#waiting.length) {
      const post = this.#waiting.shift();
      const text = this.textOf(post);
      if (!text) continue;
      this.#turn += 1;
      const turn = this.#turn;
      this.#post = post;
      this.speak(text, () => turn === this.#turn && this.#next());
      return;
    }
  }
}

let reading = null;

/** Begin with the newest line, or be silent. */
export function use({ root, feed, button }) {
  const pause = root.querySelector('[data-pause]');
  if (!reading) {
    reading = prepare(root, feed);
    pause.addEventListener('click', () => {
      reading.pause(!reading.paused);
      pause.setAttribute('aria-pressed', String(reading.paused));
    });
  }
  if (reading.on) reading.stop();
  else reading.start(feed.lines().slice(-1).map((line) => line.post));
  button.setAttribute('aria-pressed', String(reading.on));
  pause.hidden = !reading.on;
  pause.setAttribute('aria-pressed', 'false');
}

function prepare(root, feed) {
  const language = document.documentElement.lang;
  const made = new Reading({
    speak(text, done) {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = /[\u4e00-\u9fff]/.test(text) ? 'zh-CN' : language;
      said.onend = done;
      said.onerror = done;
      speechSynthesis.speak(said);
    },
    quiet: () => speechSynthesis.cancel(),
    textOf(post) {
      const line = feed.line(post);
      return line?.text ? (line.speaker ? `${line.speaker}：` : '') + line.text : '';
    },
  });
  root.addEventListener('live:line', ({ detail }) => made.add(detail.post));
  addEventListener('pagehide', () => made.stop());
  return made;
}
