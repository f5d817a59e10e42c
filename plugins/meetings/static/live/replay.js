/** Plays a sealed record at the pace at which it was written; without script the record is simply the text. */

const TICK_MS = 250;

/** The clock of a replay. It knows no page: `onMove(position, count)` says how far it is and how many lines that shows. */
export class Replay {
  position = 0;
  playing = false;
  speed = 1;
  #timer = null;
  #since = 0;

  /** times: milliseconds of every line since the first one, in order; now() and timers are handed in. */
  constructor({ times, timers, now, onMove }) {
    Object.assign(this, { times, timers, now, onMove });
    this.length = times.length ? times[times.length - 1] : 0;
  }

  /** Go on from here; at the end, from the beginning. */
  play() {
    if (this.playing) return;
    if (this.position >= this.length) this.position = 0;
    this.playing = true;
    this.#since = this.now();
    this.#show();
    this.#tick();
  }

  /** Stand still. */
  pause() {
    this.playing = false;
    this.timers.clear(this.#timer);
    this.#show();
  }

  /** Go to a moment, playing or not. */
  seek(position) {
    this.position = Math.min(Math.max(position, 0), this.length);
    this.#since = this.now();
    this.#show();
  }

  #tick() {
    this.#timer = this.timers.set(() => {
      const now = this.now();
      this.position = Math.min(this.position + (now - this.#since) * this.speed, this.length);
      this.#since = now;
      if (this.position >= this.length) return this.pause();
      this.#show();
      return this.#tick();
    }, TICK_MS);
  }

  #show() {
    this.onMove(this.position, this.times.filter((time) => time <= this.position).length);
  }
}

/** Milliseconds since the first moment; a clock that was set back does not take the replay back. */
export function since(moments) {
  let last = 0;
  return moments.map((moment) => {
    last = Math.max(last, Date.parse(moment) - Date.parse(moments[0]));
    return last;
  });
}

function prepare(panel, flow) {
  const rows = [...flow.querySelectorAll('.line')];
  if (!rows.length) return;
  const moments = rows.map((row) => row.querySelector('time').dateTime);
  const times = since(moments);
  const heads = [...flow.querySelectorAll('.part')].map((head) => (
    { head, first: rows.indexOf(head.nextElementSibling.querySelector('.line')) }));
  const find = (name) => panel.querySelector(`[data-replay-${name}]`);
  const [start, bar, play, place, clock, item] = ['start', 'bar', 'play', 'place', 'clock', 'item'].map(find);
  let shown = rows.length;

  function show(position, count) {
    const follow = count > shown && rows[shown - 1]?.getBoundingClientRect().bottom < innerHeight + 80;
    rows.slice(Math.min(shown, count), Math.max(shown, count)).forEach((row) => { row.hidden = !row.hidden; });
    heads.forEach(({ head, first }) => { head.hidden = first >= count; });
    shown = count;
    place.value = Math.round(position / 1000);
    clock.textContent = new Date(Date.parse(moments[0]) + position + 8 * 3600000).toISOString().slice(11, 19);
    place.setAttribute('aria-valuetext', clock.textContent);
    play.textContent = replay.playing ? play.dataset.pause : play.dataset.play;
    if (follow) rows[count - 1].scrollIntoView({ block: 'end' });
  }
  const timers = { set: (action, ms) => setTimeout(action, ms), clear: (id) => clearTimeout(id) };
  const replay = new Replay({ times, timers, now: () => performance.now(), onMove: show });

  function begin(on) {
    bar.hidden = !on;
    start.hidden = on;
    if (on) replay.play();
    else replay.pause();
    if (on) play.focus();
    else show(replay.length, rows.length);
  }
  place.max = Math.ceil(replay.length / 1000);
  for (const { head, first } of heads) item.append(new Option(head.textContent, String(first)));
  item.closest('label').hidden = !heads.length;
  start.addEventListener('click', () => begin(true));
  find('end').addEventListener('click', () => begin(false));
  play.addEventListener('click', () => (replay.playing ? replay.pause() : replay.play()));
  place.addEventListener('input', () => replay.seek(Number(place.value) * 1000));
  item.addEventListener('change', () => item.value && replay.seek(times[Number(item.value)]));
  find('speed').addEventListener('change', (event) => { replay.speed = Number(event.target.value); });
  panel.hidden = false;
}

const panel = globalThis.document?.querySelector('[data-replay]');
if (panel) prepare(panel, document.querySelector('section.live'));
