/** The stenographer's page: everything by keyboard, nothing typed is ever lost. */

import { io } from '/static/vendor/socket.io.esm.min.js';

import { Queue, webLock } from './queue.js';
import { Transport } from './transport.js';
import { View, fill, readLines } from './view.js';

const SEND_MS = 10000;
const TYPED = 'mingtang.typed.';
const TYPE_KEYS = { KeyS: 'speech', KeyV: 'vote', KeyN: 'notice', KeyI: 'item' };

const root = document.querySelector('section.live');
const page = JSON.parse(document.getElementById('live-data').textContent);
const words = page.words;
const find = (name) => root.querySelector(`[data-part="${name}"]`);
const input = find('input');
const speaker = find('speaker');
const chosen = { item: page.item, said: page.item, heard: page.item, type: 'speech', line: null };

/** One act over HTTP; throws when the line dropped or took too long. */
async function send({ method, path, body, headers, key }) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const response = await fetch(page.base + path, {
    method, credentials: 'same-origin', signal: AbortSignal.timeout(SEND_MS), body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token, 'Idempotency-Key': key, ...headers },
  });
  const answer = await response.json().catch(() => ({}));
  return { status: response.status, body: answer, retryAfter: Number(response.headers.get('Retry-After')) || 0 };
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const queue = new Queue({
  name: page.session, storage: localStorage, send, newKey, onChange: showQueue,
  lock: navigator.locks ? webLock(navigator.locks) : null,
});
const view = new View(root, words, page.titles);
const transport = new Transport({
  io, where: { origin: location.origin, base: page.base, jurisdiction: page.jurisdiction, meeting: page.meeting },
  onChange: (changes) => {
    view.show(changes, transport.feed);
    followItem(transport.feed.item);
    if (changes.some((change) => change.type === 'status' && change.state === 'open') && queue.halted) queue.resume();
  },
  onState: (state) => view.connection(words.wire[state], state === 'live' ? 'ok' : 'slow'),
});

function sendLine() {
  const text = input.value.trim();
  if (chosen.item !== chosen.said) {
    queue.add({ method: 'POST', path: '/item', body: { item: chosen.item } });
    chosen.said = chosen.item;
  }
  if (!text) return;
  const body = { type: chosen.type, text };
  if (chosen.item) body.item = chosen.item;
  if (speaker.value.trim() && chosen.type === 'speech') body.speaker = speaker.value.trim();
  queue.add({ method: 'POST', path: '/posts', body });
  input.value = '';
  keepTyped();
  chooseType('speech');
  backToEnd();
}

/** Whoever writes is at the newest end: nothing stays chosen, and the line just sent comes into sight. */
function backToEnd() {
  chosen.line = null;
  root.querySelector('[data-chosen]')?.removeAttribute('data-chosen');
  view.toEnd();
}

/** What stands in the field and was not sent yet survives the page, for instance when the meeting is paused on it. */
function keepTyped() {
  try {
    if (input.value) localStorage.setItem(TYPED + page.session, input.value);
    else localStorage.removeItem(TYPED + page.session);
  } catch {
    // no room: the line is still in the field
  }
}

function typedBefore() {
  try {
    return localStorage.getItem(TYPED + page.session) ?? '';
  } catch {
    return '';
  }
}

function chooseType(type) {
  chosen.type = type;
  for (const button of root.querySelectorAll('[data-type-key]')) {
    button.setAttribute('aria-pressed', String(button.dataset.typeKey === type));
  }
}

function chooseSpeaker(number) {
  const button = root.querySelector(`[data-speaker-key="${number}"]`);
  if (!button) return;
  speaker.value = button.dataset.name;
  markSpeaker();
}

function markSpeaker() {
  for (const button of root.querySelectorAll('[data-speaker-key]')) {
    button.setAttribute('aria-pressed', String(button.dataset.name === speaker.value));
  }
}

/** A name typed by hand takes the next free key, nine at most. */
function keepSpeaker() {
  const name = speaker.value.trim();
  const buttons = [...root.querySelectorAll('[data-speaker-key]')];
  if (!name || buttons.some((button) => button.dataset.name === name) || buttons.length >= 9) return markSpeaker();
  const made = document.createElement('button');
  Object.assign(made, { type: 'button', textContent: `Alt+${buttons.length + 1} ${name}` });
  Object.assign(made.dataset, { speakerKey: String(buttons.length + 1), name });
  const row = document.createElement('li');
  row.append(made);
  find('speakers').append(row);
  return markSpeaker();
}

/** Another person called an item: what is written next belongs to it, unless one was just chosen here. */
function followItem(item) {
  if (item === chosen.heard) return;
  chosen.heard = item;
  if (chosen.item !== chosen.said) return;
  chosen.item = chosen.said = item;
  find('item').textContent = page.titles[item] ?? find('item').dataset.none;
}

function moveItem(step) {
  if (!page.items.length) return;
  const at = page.items.findIndex((item) => item.id === chosen.item);
  const next = page.items[Math.min(Math.max(at + step, 0), page.items.length - 1)];
  chosen.item = next.id;
  find('item').textContent = next.title;
}

/** The line a correction or retraction means: the one chosen with Ctrl+↑/↓, else one's own last line. */
function meantLine() {
  if (chosen.line) return transport.feed.line(chosen.line);
  const own = queue.entries().filter((entry) => entry.answer?.post && entry.act.path === '/posts').at(-1);
  const lines = transport.feed.lines().filter((line) => line.state === 'public');
  return (own && transport.feed.line(own.answer.post)) ?? lines.at(-1);
}

function moveLine(step) {
  const lines = transport.feed.lines().filter((line) => line.state === 'public');
  if (!lines.length) return;
  const at = lines.findIndex((line) => line.post === (chosen.line ?? meantLine()?.post));
  const index = chosen.line === null && step < 0 ? at : at + step;
  chosen.line = lines[Math.min(Math.max(index, 0), lines.length - 1)].post;
  root.querySelector('[data-chosen]')?.removeAttribute('data-chosen');
  const row = document.getElementById(`p-${chosen.line}`);
  row?.setAttribute('data-chosen', '');
  row?.scrollIntoView({ block: 'nearest' });
}

function openDialog(name) {
  const line = meantLine();
  if (!line || line.state !== 'public') return find('alert').replaceChildren(words.nothing_to_change);
  const dialog = document.getElementById(`${name}-dialog`);
  dialog.querySelector('form').reset();
  dialog.querySelector('[data-line]').textContent = line.text;
  if (dialog.querySelector('[name=text]')) dialog.querySelector('[name=text]').value = line.text;
  Object.assign(dialog.dataset, { post: line.post, rev: String(line.rev) });
  return dialog.showModal();
}

function closeDialog(dialog, method, body) {
  const { post, rev } = dialog.dataset;
  queue.add({ method, path: `/posts/${post}`, body, headers: { 'If-Match': `"${rev}"` } });
  dialog.close();
  backToEnd();
  input.focus();
}

function onSubmit(name, method) {
  const dialog = document.getElementById(`${name}-dialog`);
  dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    closeDialog(dialog, method, Object.fromEntries(new FormData(event.target)));
  });
  dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
}

function showQueue() {
  const rows = queue.entries().slice(-30).map(queueRow);
  find('queue').replaceChildren(...rows);
  const alert = find('alert');
  const sentences = [];
  if (queue.halted) sentences.push(haltSentence(queue.halted));
  if (queue.storageFull) sentences.push(words.storage_full);
  if (alert.textContent !== sentences.join(' ')) alert.textContent = sentences.join(' ');
  find('resume').hidden = !queue.halted;
}

function haltSentence({ status, detail }) {
  if (status === 401) return words.sign_in_again;
  return fill(words.halted, { detail: detail || String(status) });
}

function queueRow(entry) {
  const row = document.createElement('li');
  const mark = document.createElement('span');
  const state = entry.state === 'refused' ? 'refused' : entry.state === 'done' ? 'ok' : 'waiting';
  mark.className = 'sent';
  mark.dataset.state = state;
  mark.textContent = entry.answer?.state === 'held' ? words.sent.held : words.sent[state];
  const text = document.createElement('span');
  text.textContent = entry.act.body.text ?? entry.act.body.public_note ?? page.titles[entry.act.body.item] ?? '';
  row.append(mark, ' ', text);
  if (state === 'refused') row.append(' ', refusal(entry));
  return row;
}

function refusal(entry) {
  const part = document.createElement('span');
  part.className = 'problem';
  part.textContent = entry.refusal.detail || String(entry.refusal.status);
  const back = document.createElement('button');
  Object.assign(back, { type: 'button', textContent: words.take_back });
  back.addEventListener('click', () => takeBack(entry));
  part.append(' ', back);
  return part;
}

/** The refused text returns to where it was typed, in front of what stands there. */
function takeBack(entry) {
  const { text } = queue.discard(entry.id).act.body;
  if (text) input.value = input.value ? `${text}\n${input.value}` : text;
  keepTyped();
  input.focus();
}

/** Enter while an input method composes chooses a word; it does not send. */
const composing = (event) => event.isComposing || event.keyCode === 229;

function onKey(event) {
  if (composing(event) || document.querySelector('dialog[open]')) return;
  const act = keyAct(event);
  if (!act) return;
  event.preventDefault();
  act();
}

function keyAct(event) {
  const { code, altKey, ctrlKey, metaKey, shiftKey } = event;
  const command = ctrlKey || metaKey;
  if (code === 'Enter' && event.target === input && !shiftKey && !altKey && !command) return sendLine;
  if (altKey && !command && /^Digit[1-9]$/.test(code)) return () => chooseSpeaker(code.at(-1));
  if (altKey && !command && code === 'Digit0') return () => speaker.focus();
  if (altKey && !command && TYPE_KEYS[code]) return () => chooseType(TYPE_KEYS[code]);
  if (altKey && !command && (code === 'ArrowUp' || code === 'ArrowDown')) return () => moveItem(code === 'ArrowUp' ? -1 : 1);
  if (command && !altKey && (code === 'ArrowUp' || code === 'ArrowDown')) return () => moveLine(code === 'ArrowUp' ? -1 : 1);
  if (command && code === 'KeyE') return () => openDialog('correct');
  if (altKey && !command && code === 'KeyZ') return () => openDialog('retract');
  return null;
}

function start() {
  root.querySelectorAll('[data-with-script]').forEach((one) => { one.hidden = false; });
  document.addEventListener('keydown', onKey);
  root.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-speaker-key], [data-type-key]');
    if (button?.dataset.speakerKey) chooseSpeaker(button.dataset.speakerKey);
    if (button?.dataset.typeKey) chooseType(button.dataset.typeKey);
    if (button) input.focus();
  });
  find('send').addEventListener('submit', (event) => { event.preventDefault(); sendLine(); });
  speaker.addEventListener('change', keepSpeaker);
  input.addEventListener('input', keepTyped);
  find('resume').addEventListener('click', () => queue.resume());
  onSubmit('correct', 'PATCH');
  onSubmit('retract', 'DELETE');
  addEventListener('storage', showQueue);
  addEventListener('beforeunload', (event) => { if (queue.unsent.length) event.preventDefault(); });
  const posts = readLines(view.list);
  transport.feed.seed({ epoch: page.epoch, head: page.head, state: page.state, item: page.item, posts });
  if (!input.value) input.value = typedBefore();
  view.toEnd();
  transport.start();
  chooseType('speech');
  showQueue();
  queue.pump();
  if (document.activeElement === document.body) input.focus(); // never taken from who already reached another control
}

start();
