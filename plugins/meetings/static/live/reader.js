/**
 * The public live page: joins what the server rendered with the stream. What not everybody uses (search, reading
 * aloud, jumps, sharing, large pictures) is fetched on first use.
 */

import { io } from '/static/vendor/socket.io.esm.min.js';

import { browserTabs } from './tabs.js';
import { Transport, readJson } from './transport.js';
import { View, readLines } from './view.js';

const TONES = { live: 'ok', ended: 'ok', connecting: 'slow', polling: 'slow', reconnecting: 'slow', busy: 'slow',
  silent: 'down', denied: 'down', gone: 'down' };
const SIZE_KEY = 'mingtang.live.size';

const root = document.querySelector('section.live');
const page = JSON.parse(document.getElementById('live-data').textContent);

/** One tap makes the text larger, three sizes round; the choice stays on this machine. */
function largeType(button) {
  const set = (size) => {
    root.dataset.size = size;
    button.setAttribute('aria-pressed', String(size !== '1'));
  };
  button.hidden = false;
  set(remembered());
  button.addEventListener('click', () => {
    set(String((Number(root.dataset.size) % 3) + 1));
    try {
      localStorage.setItem(SIZE_KEY, root.dataset.size);
    } catch {
      // Private browsing: the size holds for this page only.
    }
  });
}

function remembered() {
  try {
    return localStorage.getItem(SIZE_KEY) ?? root.dataset.size ?? '1';
  } catch {
    return root.dataset.size ?? '1';
  }
}

function tools(view, feed) {
  const follow = root.querySelector('[data-follow]');
  follow.addEventListener('click', () => {
    view.follow(!view.following);
    follow.setAttribute('aria-pressed', String(view.following));
  });
  for (const button of root.querySelectorAll('[data-tool]')) {
    button.hidden = button.dataset.tool === 'aloud' && !window.speechSynthesis;
    const tool = () => import(`./${button.dataset.tool}.js`);
    button.addEventListener('click', () => tool().then(({ use }) => use({ root, view, feed, button })));
  }
  root.querySelector('[data-tools]').hidden = false;
  document.querySelector('[data-share]')?.addEventListener('toggle', () => import('../share.js'), { once: true });
  document.querySelector('[data-jumps]').addEventListener('click', (event) => whole(event, './jump.js', 'a'));
  view.list.addEventListener('click', (event) => whole(event, './picture.js', 'figure a'));
}

/** A click on a link that a module can answer in this page; where it cannot, the link leads on as without script. */
function whole(event, module, selector) {
  const link = event.target.closest(selector);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const go = () => { location.href = link.href; };
  import(module).then(({ open }) => open(link, root) || go()).catch(go);
}

async function ticket() {
  const headers = { 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content };
  return (await readJson(fetch, `${page.base}/ticket`, { method: 'POST', headers })).ticket;
}

function start() {
  const view = new View(root, page.words, page.titles);
  const transport = new Transport({
    io,
    where: { origin: location.origin, base: page.base, jurisdiction: page.jurisdiction, meeting: page.meeting },
    ticket: page.audience === 'invited' ? ticket : null,
    tabs: browserTabs(`mingtang.live:${page.base}`),
    onChange: (changes) => view.show(changes, transport.feed),
    onState: (state) => view.connection(page.words.wire[state], TONES[state]),
  });
  const posts = readLines(view.list);
  const { epoch, head, state, item, pinned } = page;
  transport.feed.seed({ epoch, head, state, item, pinned, posts });
  root.querySelectorAll('[data-without-script]').forEach((one) => { one.hidden = true; });
  largeType(root.querySelector('[data-size-button]'));
  tools(view, transport.feed);
  if (page.follow && !location.hash) view.toEnd();
  view.connection(page.words.wire.connecting, TONES.connecting);
  transport.start();
  addEventListener('pagehide', (event) => event.persisted || transport.close());
}

start();
