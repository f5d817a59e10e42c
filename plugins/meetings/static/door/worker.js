/**
 * Shows the check-in desk where the network is gone. The server writes KEPT above this text: {family, cache, page,
 * shell, assets}. Kept are the empty page and its own files, nothing else; whenever the network answers, it wins.
 */

/* global KEPT */
const WAIT_MS = 4000;

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(forgetOlder()));
self.addEventListener('fetch', (event) => {
  const path = keptFor(event.request);
  if (path) event.respondWith(fresh(event.request).catch(() => caches.open(KEPT.cache).then((cache) => cache.match(path))));
});

async function fill() {
  const cache = await caches.open(KEPT.cache);
  const wanted = [KEPT.shell, ...KEPT.assets].map((path) => new Request(path, { cache: 'reload', redirect: 'error' }));
  await cache.addAll(wanted);
  await self.skipWaiting();
}

async function forgetOlder() {
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT.family) && name !== KEPT.cache);
  await Promise.all(names.map((name) => caches.delete(name)));
}

function keptFor(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return '';
  if (request.mode === 'navigate') return pathname === KEPT.page ? KEPT.shell : '';
  return KEPT.assets.includes(pathname) ? pathname : '';
}

/** The network's answer; throws where there is none, or only a gateway's excuse, or it takes too long. */
async function fresh(request) {
  const late = new Promise((_resolve, reject) => { setTimeout(reject, WAIT_MS); });
  const answer = await Promise.race([fetch(request), late]);
  if (answer.status >= 502) throw new Error(`answer ${answer.status}`);
  return answer;
}
