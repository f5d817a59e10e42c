/**
 * Shows a Feed in the list the server rendered. Text only ever enters the page as text, what is being read never
 * moves: new lines wait behind a button unless the reader is at the newest end and follows.
 */

const ANNOUNCE_MS = 10000;
const NEAR_PX = 80;

/** A sentence with its places filled: fill('{n} 条', {n: 3}). */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function element(tag, { className = '', text = '', ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The lines the server rendered, as the feed wants them; texts stay in the page until something changes. */
export function readLines(list) {
  return [...list.querySelectorAll('li[data-post]')].map((row) => ({
    post: row.dataset.post,
    rev: Number(row.dataset.rev),
    seq: Number(row.dataset.seq),
    type: row.dataset.type,
    state: row.classList.contains('gone') ? 'retracted' : 'public',
    at: row.querySelector('time')?.dateTime ?? '',
    speaker: row.querySelector('.who')?.firstChild?.textContent?.trim() ?? '',
    role: row.querySelector('.who small')?.textContent ?? '',
    text: row.querySelector('p')?.textContent ?? null,
    attachments: [...row.querySelectorAll('[data-file]')].map((file) => file.dataset.file),
    corrections: [...row.querySelectorAll('.mended p')].map((step) => (
      { at: step.dataset.at, reason: step.dataset.reason, before: step.querySelector('del')?.textContent ?? null })),
  }));
}

export class View {
  following = true;
  #waiting = [];
  #turn = '';
  #heard = { lines: 0, changed: 0 };
  #sayTimer = null;

  /** root: the section.live; words: sentences of the page; titles: agenda item id → title. */
  constructor(root, words, titles = {}) {
    Object.assign(this, { root, words, titles });
    this.list = root.querySelector('.live-flow');
    this.fresh = root.querySelector('.fresh');
    this.voice = root.querySelector('[data-voice]');
    this.#turn = [...this.list.querySelectorAll('[data-item]')].pop()?.dataset.item;
    this.fresh?.addEventListener('click', () => this.reveal({ jump: true }));
    addEventListener('scroll', () => this.#waiting.length && this.following && this.atEnd() && this.reveal(), { passive: true });
  }

  /** Show what a feed's changes mean. */
  show(changes, feed) {
    for (const change of changes) this.#one(change, feed);
    if (this.#waiting.length && this.mayFollow()) this.reveal();
    this.#updateFresh();
  }

  /** Stay at the newest end, or let new lines wait until they are asked for. */
  follow(on) {
    this.following = on;
    if (!on) return;
    if (this.#waiting.length) this.reveal();
    this.toEnd();
  }

  /** Append what waited; with `jump`, bring its first line under the eye and the keyboard. */
  reveal({ jump = false } = {}) {
    const follow = this.atEnd();
    const rows = this.#waiting.splice(0).map((line) => this.#turned(line));
    this.list.querySelector('.latest')?.classList.remove('latest');
    this.list.append(...rows);
    this.list.lastElementChild?.classList.add('latest');
    this.root.querySelector('[data-empty]')?.remove();
    this.#updateFresh();
    if (jump && rows[0]) {
      rows[0].tabIndex = -1;
      rows[0].focus({ preventScroll: true });
      rows[0].scrollIntoView({ block: 'start' });
    } else if (follow) {
      this.toEnd();
    }
  }

  /** Is the newest line in sight? */
  atEnd() {
    const box = this.#scroller();
    if (box) return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    return this.list.getBoundingClientRect().bottom <= innerHeight + NEAR_PX;
  }

  /** Following, at the end, and neither selecting text nor on something inside the flow. */
  mayFollow() {
    const selection = getSelection();
    const selecting = selection && !selection.isCollapsed && this.list.contains(selection.anchorNode);
    const inside = this.list.contains(document.activeElement) && document.activeElement !== this.list;
    return this.following && this.atEnd() && !selecting && !inside;
  }

  /** Scroll to the newest line, at once. */
  toEnd() {
    const box = this.#scroller();
    if (box) box.scrollTop = box.scrollHeight;
    else this.list.lastElementChild?.scrollIntoView({ block: 'end' });
  }

  /** Connection in words; tone is ok, slow or down. */
  connection(sentence, tone) {
    const wire = this.root.querySelector('.wire');
    if (!wire || wire.textContent === sentence) return;
    wire.textContent = sentence;
    wire.dataset.state = tone;
    const banner = this.root.querySelector('[data-banner]');
    if (banner) banner.hidden = tone !== 'down';
    if (banner && tone === 'down') banner.textContent = sentence;
  }

  #scroller() {
    return this.list.hasAttribute('data-scrolls') ? this.list : null;
  }

  #one(change, feed) {
    if (change.type === 'reset') return this.#rebuild(feed);
    if (change.type === 'line') return this.#newLine(feed.line(change.post));
    if (change.type === 'corrected' || change.type === 'retracted') return this.#changed(feed.line(change.post), change.type, feed);
    if (change.type === 'pinned') return this.#pinned(change.post, feed);
    if (change.type === 'item') return this.#nowItem(change.item);
    if (change.type === 'status') return this.#nowState(change.state);
    return undefined;
  }

  #newLine(line) {
    this.#waiting.push(line);
    if (line.type === 'item' && !line.item) {
      this.#set('[data-now="item"]', line.text);
      this.#set('[data-now="number"]', '');
    }
    if (line.item) this.#nowItem(line.item);
    if (line.speaker) this.#set('[data-now="speaker"]', line.speaker);
    this.#say('lines');
    this.root.dispatchEvent(new CustomEvent('live:line', { detail: line }));
  }

  #changed(line, kind, feed) {
    const row = this.list.querySelector(`[data-post="${CSS.escape(line.post)}"]`);
    if (row) this.#steadily(row, () => row.replaceWith(this.#row(line, row)));
    if (row) this.#say('changed');
    if (line.post === feed.pinned) this.#pinned(kind === 'retracted' ? null : line.post, feed);
  }

  /** A line above the reader may change its height; where the browser does not keep the place, we do. */
  #steadily(row, change) {
    const above = row.getBoundingClientRect().bottom < 0 && !CSS.supports('overflow-anchor', 'auto');
    const before = document.documentElement.scrollHeight;
    change();
    if (above) scrollBy(0, document.documentElement.scrollHeight - before);
  }

  #rebuild(feed) {
    this.#waiting = [];
    this.#turn = '';
    const rows = feed.lines().map((line) => this.#turned(line));
    rows[rows.length - 1]?.classList.add('latest');
    const follow = this.atEnd();
    this.list.replaceChildren(...rows);
    if (follow) this.toEnd();
    if (feed.item) this.#nowItem(feed.item);
    this.#pinned(feed.pinned, feed);
  }

  /** A new row; where another agenda item begins it says so, for jumps. */
  #turned(line) {
    const row = this.#row(line);
    if (line.item && line.item !== this.#turn) row.dataset.item = line.item;
    this.#turn = line.item ?? '';
    return row;
  }

  #row(line, old = null) {
    const gone = line.state === 'retracted';
    const attributes = { id: `p-${line.post}`, 'data-post': line.post, 'data-rev': line.rev, 'data-seq': line.seq };
    const body = element('div');
    if (line.speaker) body.append(this.#who(line));
    body.append(element('p', { text: gone ? this.#tombstone(line) : line.text }));
    if (!gone) body.append(...this.#files(line));
    if (!gone && line.corrections?.length) body.append(this.#mended(line));
    const time = element('time', { text: (line.at ?? '').slice(11, 16), datetime: line.at ?? '' });
    const className = `line${gone ? ' gone' : ''}${old?.classList.contains('latest') ? ' latest' : ''}`;
    if (old?.dataset.item) attributes['data-item'] = old.dataset.item;
    return element('li', { className, 'data-type': line.type ?? 'speech', ...attributes }, time, body);
  }

  #who(line) {
    const who = element('b', { className: 'who', text: line.speaker });
    if (line.role) who.append(' ', element('small', { text: line.role }));
    return who;
  }

  /** An image line shows its pictures, other lines link to their files; the page says where files lie. */
  #files({ type, text, attachments = [] }) {
    const place = this.root.dataset.files;
    return (place ? attachments : []).map((id, n) => (type === 'image'
      ? element('figure', {}, element('a', { href: place + id }, element('img', {
        src: place + id, alt: text ?? '', loading: 'lazy', 'data-file': id })))
      : element('a', { text: fill(this.words.file, { n: n + 1 }), href: place + id, 'data-file': id })));
  }

  #tombstone(line) {
    return line.public_note ? fill(this.words.retracted_note, { note: line.public_note }) : this.words.retracted;
  }

  #mended(line) {
    const summary = element('summary', { text: fill(this.words.mended, { n: line.corrections.length }) });
    const steps = line.corrections.map(({ before, reason, at }) => element('p', { 'data-at': at ?? '', 'data-reason': reason ?? '' },
      element('del', { text: before ?? '' }), ' ',
      element('span', { text: fill(this.words.mended_why, { at: (at ?? '').slice(11, 16), reason: reason ?? '' }) })));
    return element('details', { className: 'mended' }, summary, ...steps);
  }

  #pinned(post, feed) {
    this.list.querySelector('[data-pinned]')?.removeAttribute('data-pinned');
    if (post) this.list.querySelector(`[data-post="${CSS.escape(post)}"]`)?.setAttribute('data-pinned', '');
    const place = this.root.querySelector('[data-pin]');
    if (!place) return;
    const line = post && feed.line(post);
    place.hidden = !post;
    place.querySelector('a').textContent = line ? line.text : this.words.pin_elsewhere;
    place.querySelector('a').href = line ? `#p-${post}` : location.pathname;
  }

  #nowItem(item) {
    if (!item || !this.titles[item]) return;
    this.#set('[data-now="item"]', this.titles[item]);
    this.#set('[data-now="number"]', `${fill(this.words.item_number, { n: Object.keys(this.titles).indexOf(item) + 1 })} `);
    for (const link of document.querySelectorAll('[data-jumps] ol a')) {
      if (link.search === `?item=${item}`) link.setAttribute('aria-current', 'step');
      else link.removeAttribute('aria-current');
    }
  }

  #nowState(state) {
    const badge = this.root.querySelector('[data-now="state"] .badge') ?? this.root.querySelector('[data-now="state"]');
    if (!badge || !this.words.states[state]) return;
    badge.textContent = this.words.states[state].label;
    badge.dataset.tone = this.words.states[state].tone;
  }

  #set(selector, text) {
    const place = this.root.querySelector(selector);
    if (place && place.textContent !== text) place.textContent = text;
  }

  #updateFresh() {
    if (!this.fresh) return;
    this.fresh.hidden = this.#waiting.length === 0;
    if (this.#waiting.length) this.fresh.textContent = fill(this.words.fresh, { n: this.#waiting.length });
  }

  /** Screen readers hear at most one summary in ten seconds, never each line: who wants to, reads the list. */
  #say(kind) {
    if (!this.voice) return;
    this.#heard[kind] += 1;
    this.#sayTimer ??= setTimeout(() => {
      const { lines, changed } = this.#heard;
      const item = this.root.querySelector('[data-now="item"]')?.textContent ?? '';
      const parts = [lines && fill(this.words.said, { n: lines, item }), changed && fill(this.words.changed, { n: changed })];
      this.voice.textContent = parts.filter(Boolean).join(' ');
      this.#heard = { lines: 0, changed: 0 };
      this.#sayTimer = null;
    }, ANNOUNCE_MS);
  }
}
