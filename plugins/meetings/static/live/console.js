/** The stenographer's page: everything by keyboard, nothing typed is ever lost. */

import { io } from '/static/vendor/socket.io.esm.min.js';

import { PictureBox } from './picture_box.js';
import { Pictures } from './pictures.js';
import { Queue, webLock } from './queue.js';
import { Region } from './region.js';
import { SpeakerKeys } from './speakers.js';
import { fault, length, nextPlace, tidy } from './text.js';
import { Transport } from './transport.js';
import { View, fill, readLines } from './view.js';

const SEND_MS = 10000;
const UPLOAD_MS = 60000;
const ASIDE_MS = 4000;
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
function send({ method, path, body, headers, key }) {
  const more = { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...headers };
  return ask(page.base + path, SEND_MS, { method, body: JSON.stringify(body), headers: more });
}

async function ask(url, patience, { headers, ...options }) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const signal = AbortSignal.timeout(patience);
  const response = await fetch(url, { credentials: 'same-origin', signal, headers: { 'X-CSRFToken': token, ...headers }, ...options });
  const answer = await response.json().catch(() => ({}));
  return { status: response.status, body: answer, retryAfter: Number(response.headers.get('Retry-After')) || 0 };
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const upload = (form) => ask(page.uploads, UPLOAD_MS, { method: 'POST', body: form });
const pictures = new Pictures({ database: indexedDB, upload });
const queue = new Queue({
  name: page.session, storage: localStorage, send, newKey, onChange: showQueue, prepare: (act) => pictures.prepare(act),
  lock: navigator.locks ? webLock(navigator.locks) : null,
});
const view = new View(root, words, page.titles);
const transport = new Transport({
  io, where: { origin: location.origin, base: page.base, jurisdiction: page.jurisdiction, meeting: page.meeting },
  onChange: (changes) => {
    view.show(changes, transport.feed);
    followItem(transport.feed.item);
    if (changes.some((change) => change.type === 'status' && change.state === 'open') && queue.halted) queue.resume();
    if (changes.some((change) => change.type === 'status' || change.type === 'item')) aside.refresh();
  },
  onState: (state) => view.connection(words.wire[state], state === 'live' ? 'ok' : 'slow'),
});

const aside = new Region(document.querySelector('[data-region]'), { every: ASIDE_MS });
const speakers = new SpeakerKeys({
  row: find('speakers'), input: speaker, dialog: document.getElementById('speakers-dialog'), storage: localStorage, name: page.session,
});
const box = new PictureBox({
  dialog: document.getElementById('picture-dialog'), words, onReady: sendPicture, onClose: () => input.focus(),
});

function sendLine() {
  const text = tidy(input.value);
  if (!showFault()) return;
  sayItem();
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

/** The line's picture is on this machine before the line is: a dropped connection or a reload loses neither. */
async function sendPicture(blob, text) {
  const picture = newKey();
  await pictures.keep(picture, blob);
  sayItem();
  queue.add({ method: 'POST', path: '/posts', picture, body: { type: 'image', text, ...(chosen.item && { item: chosen.item }) } });
  backToEnd();
}

/** Says at once why the text in the field cannot go out; true where it can. The text stays where it is. */
function showFault() {
  const why = fault(input.value);
  const said = why ? fill(words.faults[why], { n: length(tidy(input.value)) }) : '';
  if (find('fault').textContent !== said) find('fault').textContent = said;
  input.toggleAttribute('aria-invalid', Boolean(why));
  return !why;
}

function sayItem() {
  if (chosen.item !== chosen.said) {
    queue.add({ method: 'POST', path: '/item', body: { item: chosen.item } });
    chosen.said = chosen.item;
  }
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

/** A local text goes where the caret is, with its first place to fill selected. */
function insertTemplate(number) {
  const button = root.querySelector(`[data-template-key="${number}"]`);
  if (!button) return;
  const at = input.selectionStart;
  input.setRangeText(button.dataset.text, at, input.selectionEnd, 'end');
  chooseType(button.dataset.kind);
  input.focus();
  toPlace(at);
  keepTyped();
  showFault();
}

/** Select the next place to fill; false where there is none. */
function toPlace(from) {
  const place = nextPlace(input.value, from);
  if (place) input.setSelectionRange(...place);
  return place !== null;
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
  const why = body.text === undefined ? '' : fault(body.text);
  const said = dialog.querySelector('[data-fault]');
  if (said) said.textContent = why ? fill(words.faults[why], { n: length(tidy(body.text)) }) : '';
  if (why) return;
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
  return fill(words.halted, { detail: (detail || String(status)).replace(/[。.]$/, '') });
}

function queueRow(entry) {
  const row = document.createElement('li');
  const mark = document.createElement('span');
  const state = entry.state === 'refused' ? 'refused' : entry.state === 'done' ? 'ok' : 'waiting';
  mark.className = 'sent';
  mark.dataset.state = state;
  mark.textContent = entry.answer?.state === 'held' ? words.sent.held : words.sent[state];
  const text = document.createElement('span');
  text.textContent = entry.act.body.type === 'image' ? fill(words.picture, entry.act.body) : entry.act.body.text ?? entry.act.body.public_note ?? page.titles[entry.act.body.item] ?? '';
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
  showFault();
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
  if (code === 'Tab' && event.target === input && !shiftKey && nextPlace(input.value, input.selectionEnd)) return () => toPlace(input.selectionEnd);
  if (altKey && !command && /^Digit[1-9]$/.test(code)) return () => (shiftKey ? insertTemplate(code.at(-1)) : speakers.choose(code.at(-1)));
  if (altKey && !command && code === 'Digit0') return () => speaker.focus();
  if (altKey && !command && code === 'KeyK') return () => speakers.edit();
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
    const button = target.closest('[data-speaker-key], [data-type-key], [data-template-key]');
    if (button?.dataset.speakerKey) speakers.choose(button.dataset.speakerKey);
    if (button?.dataset.templateKey) return insertTemplate(button.dataset.templateKey);
    if (button?.dataset.typeKey) chooseType(button.dataset.typeKey);
    if (button) input.focus();
    return undefined;
  });
  find('send').addEventListener('submit', (event) => { event.preventDefault(); sendLine(); });
  speaker.addEventListener('change', () => speakers.keep());
  find('edit-speakers').addEventListener('click', () => speakers.edit());
  input.addEventListener('input', () => { keepTyped(); showFault(); });
  input.addEventListener('paste', (event) => {
    const picture = PictureBox.of(event.clipboardData);
    if (!picture) return;
    event.preventDefault();
    box.open(picture);
  });
  find('choose-picture').addEventListener('change', ({ target }) => {
    if (target.files[0]) box.open(target.files[0]);
    target.value = '';
  });
  find('resume').addEventListener('click', () => queue.resume());
  onSubmit('correct', 'PATCH');
  onSubmit('retract', 'DELETE');
  addEventListener('storage', showQueue);
  addEventListener('beforeunload', (event) => { if (queue.unsent.length) event.preventDefault(); });
  const posts = readLines(view.list);
  transport.feed.seed({ epoch: page.epoch, head: page.head, state: page.state, item: page.item, posts });
  if (!input.value) input.value = typedBefore();
  view.toEnd();
  showFault();
  aside.start();
  transport.start();
  chooseType('speech');
  showQueue();
  queue.pump();
  if (document.activeElement === document.body) input.focus(); // never taken from who already reached another control
}

start();
