/** The check-in desk on a telephone: scan, type or tick; without network it is kept here and merged later. */

import { Queue, webLock } from '../live/queue.js';
import { Keeping, dropPage, keepPage } from './keeping.js';
import { DoorList, digestOf, readCode } from './list.js';

const SEND_MS = 10000;
const REFRESH_MS = 30000;
const SCAN_MS = 300;
const NAME = 'mingtang.door.name';

const { data: loaded, meeting, base, leave, words } = JSON.parse(document.getElementById('door-data').textContent);
const token = document.querySelector('meta[name="csrf-token"]');
const keeping = new Keeping(meeting, sessionStorage);
const kept = loaded ? null : keeping.take();
const data = loaded ?? kept?.data;
if (kept) token.content = kept.token;
const root = document.getElementById('door');
const find = (name) => root.querySelector(`[data-part="${name}"]`);
const list = new DoorList(data ?? { meeting, at: '', people: [] });
const codeInput = document.getElementById('code');
const search = document.getElementById('find');
const doorName = document.getElementById('door-name');
const told = new Map();
let asked = null;
let scanning = null;

const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const hour = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hour12: false });
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const now = () => root.querySelector('input[name="way"]:checked').value;

async function ask(path, options = {}) {
  const response = await fetch(base + path, {
    credentials: 'same-origin', signal: AbortSignal.timeout(SEND_MS), ...options,
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token.content, ...options.headers },
  });
  const body = await response.json().catch(() => ({}));
  return { status: response.status, body, retryAfter: Number(response.headers.get('Retry-After')) || 0 };
}

/** One act over HTTP; throws when the line dropped. The key in it makes a second sending harmless. */
function send({ path, body, key }) {
  const text = JSON.stringify({ door: doorName.value.trim(), acts: [{ ...body, key }] });
  return ask(path, { method: 'POST', body: text, headers: { 'Idempotency-Key': key } });
}

const queue = new Queue({
  name: `door.${list.meeting}`, storage: localStorage, send, newKey, onChange: showQueue,
  lock: navigator.locks ? webLock(navigator.locks) : null,
});

function act(person, way, code, promised = false) {
  const body = { event: now(), at: new Date().toISOString(), way, person: person?.id ?? '', code, promised };
  queue.add({ method: 'POST', path: '/attendance', body });
  if (!person) return;
  list.note(body);
  tell(say(words[`done_${body.event}`], { name: person.name, time: hour(body.at) }) + (navigator.onLine ? '' : words.kept), 'done');
  showPeople();
}

/** Let somebody in or out, unless he is there already or has to promise first. */
function pass(person, way, code = '') {
  const event = now();
  const no = list.objection(person, event);
  hidePromise();
  if (no === 'already') return tell(say(words[`already_${event}`], person), 'soon');
  if (no === 'promise') return askPromise(person, way, code);
  return act(person, way, code);
}

async function check(text, way) {
  const code = readCode(text);
  if (!code) return tell(words.wrong, 'overdue');
  if (await digestOf('') === null) return navigator.onLine ? act(null, way, code) : tell(words.insecure, 'overdue');
  const person = await list.whose(code);
  return person ? pass(person, way, code) : tell(words.wrong, 'overdue');
}

function askPromise(person, way, code) {
  asked = { person, way, code };
  const form = find('promise');
  find('promise-text').textContent = say(words.promise, person);
  form.hidden = false;
  form.querySelector('button').focus();
}

function hidePromise() {
  asked = null;
  find('promise').hidden = true;
}

// --- what is shown -----------------------------------------------------------------------------------

function tell(text, tone) {
  const box = find('said');
  box.dataset.tone = tone;
  box.textContent = text;
}

function made(tag, text, values = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...values });
}

function badge(person) {
  const states = { in: [words.in, 'done'], out: [words.out, 'stopped'] };
  const [word, tone] = states[person.state] ?? [words.absent, ''];
  const shown = made('span', word + (person.waiting ? words.kept : ''), { className: 'badge' });
  if (tone) shown.dataset.tone = tone;
  return shown;
}

function row(person) {
  const item = made('li', '');
  const about = made('div', '');
  about.append(made('b', person.name), made('span', [person.category_label, person.organisation].filter(Boolean).join(' · '), { className: 'small soft' }));
  about.append(badge(person));
  if (!person.promised) about.append(made('span', words.unpromised, { className: 'small soft' }));
  const event = now();
  const button = made('button', words[`do_${event}`], { type: 'button', disabled: list.objection(person, event) === 'already' });
  button.append(made('span', person.name, { className: 'hush' }));
  button.addEventListener('click', () => pass(person, 'list'));
  item.append(about, button);
  return item;
}

function showPeople() {
  const found = list.matching(search.value);
  find('guests').replaceChildren(...found.map(row));
  find('nobody').hidden = found.length > 0;
  find('count').textContent = say(words.count, { present: list.present, all: list.people.length });
  find('at').textContent = say(words.at, { time: hour(list.at) });
}

function showQueue() {
  const unsent = queue.unsent.length;
  const wire = find('wire');
  const states = [
    [queue.halted, 'halted', 'slow'], [queue.storageFull, 'full', 'slow'], [unsent && !navigator.onLine, 'offline', 'slow'],
    [unsent, 'waiting', 'slow'], [!navigator.onLine, 'offline', 'slow'], [true, 'online', 'ok'],
  ];
  const [, name, state] = states.find(([holds]) => holds);
  wire.textContent = say(words[name], { n: unsent, why: queue.halted?.detail ?? '' });
  wire.dataset.state = state;
  find('resume').hidden = !queue.halted;
  queue.entries().forEach(hear);
}

/** Remember what the server answered to an act: doubles and refusals stay on the page until it is left. */
function hear(entry) {
  if (entry.state === 'waiting' || told.has(entry.key)) return;
  const item = entry.answer?.items?.[0] ?? { result: 'refused', detail: entry.refusal?.detail ?? '', name: '' };
  told.set(entry.key, item);
  const person = list.byId.get(entry.act.body.person || item.person);
  if (person) person.waiting = queue.unsent.some((one) => one.act.body.person === person.id);
  if (person && item.result === 'recorded') person.state = entry.act.body.event;
  if (item.result === 'refused' || item.result === 'double') {
    const name = item.name || person?.name || words.unknown;
    find('troubles').append(made('li', `${name} · ${hour(entry.act.body.at)} · ${item.detail}`));
    find('trouble').hidden = false;
    if (!entry.act.body.person) tell(item.detail, 'overdue');
  } else if (!entry.act.body.person && entry.state === 'done') {
    tell(say(words[`done_${entry.act.body.event}`], { name: item.name, time: hour(entry.act.body.at) }), 'done');
  }
  keep();
  showPeople();
}

// --- keeping up with the other doors -----------------------------------------------------------------

async function refresh() {
  if (!navigator.onLine || document.hidden || !data) return;
  const answer = await ask('/door').catch(() => null);
  if ([401, 403, 404].includes(answer?.status)) await letGo();
  if (answer?.status !== 200) return;
  data.ended = answer.body.ended;
  list.replace(answer.body, queue.unsent.map((entry) => entry.act.body));
  keep();
  showPeople();
}

// --- a reload without network ------------------------------------------------------------------------

function keep() {
  if (data) keeping.keep({ ...data, at: list.at, people: list.people }, token.content);
  if (data?.ended) dropPage();
}

async function begin() {
  keep();
  const ready = !data.ended && await keepPage();
  find('reload-ok').hidden = !ready;
  find('reload-no').hidden = ready;
}

async function letGo() {
  keeping.end();
  await dropPage();
}

/** Leave nothing behind on a shared tablet; what is not uploaded yet keeps the desk open. */
async function close() {
  const unsent = queue.unsent.length;
  if (unsent) return tell(say(words.unsent, { n: unsent }), 'soon');
  for (const entry of queue.entries()) queue.discard(entry.id);
  await letGo();
  location.assign(leave);
}

// --- scanning ----------------------------------------------------------------------------------------

async function startScan() {
  const video = find('video');
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    await video.play();
  } catch {
    tell(words.camera, 'soon');
    return;
  }
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  let last = '';
  toggleScan(true);
  scanning = setInterval(async () => {
    const [seen] = await detector.detect(video).catch(() => []);
    if (!seen || seen.rawValue === last) return;
    last = seen.rawValue;
    setTimeout(() => { last = ''; }, SCAN_MS * 10);
    check(seen.rawValue, 'qr');
  }, SCAN_MS);
}

function stopScan() {
  clearInterval(scanning);
  for (const track of find('video').srcObject?.getTracks() ?? []) track.stop();
  find('video').srcObject = null;
  toggleScan(false);
}

function toggleScan(on) {
  find('video').hidden = !on;
  find('scan-stop').hidden = !on;
  find('scan-start').hidden = on;
}

// --- beginning ---------------------------------------------------------------------------------------

find('code').addEventListener('submit', (event) => {
  event.preventDefault();
  check(codeInput.value, 'code').then(() => { codeInput.value = ''; });
});
find('promise').addEventListener('submit', (event) => {
  event.preventDefault();
  const { person, way, code } = asked;
  hidePromise();
  act(person, way, code, true);
});
find('promise-no').addEventListener('click', hidePromise);
find('resume').addEventListener('click', () => queue.resume());
find('scan-start').addEventListener('click', startScan);
find('scan-stop').addEventListener('click', stopScan);
search.addEventListener('input', showPeople);
for (const one of root.querySelectorAll('input[name="way"]')) one.addEventListener('change', showPeople);
doorName.value = localStorage.getItem(NAME) ?? '';
doorName.addEventListener('change', () => localStorage.setItem(NAME, doorName.value.trim()));
find('close').addEventListener('click', close);
addEventListener('online', () => (data ? queue.resume().then(refresh) : location.reload()));
addEventListener('offline', showQueue);
addEventListener('beforeunload', (event) => { if (queue.unsent.length) event.preventDefault(); });
setInterval(refresh, REFRESH_MS);
find('scan').hidden = !('BarcodeDetector' in window && navigator.mediaDevices?.getUserMedia);
list.replace({ ...data, meeting, people: list.people }, queue.unsent.map((entry) => entry.act.body));
for (const entry of queue.entries()) if (entry.state !== 'waiting') told.set(entry.key, entry);
root.hidden = !data;
document.getElementById('door-gone').hidden = Boolean(data);
if (data) {
  showPeople();
  showQueue();
  begin();
  queue.pump();
}
