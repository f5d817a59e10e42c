/**
 * Nobody is signed in here: what tabs and workers kept for work without network ends. Work not uploaded yet stays.
 */

for (const name of Object.keys(sessionStorage)) if (name.startsWith('mingtang.')) sessionStorage.removeItem(name);
for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) worker.unregister();
for (const name of (await globalThis.caches?.keys()) ?? []) if (name.startsWith('mingtang.')) caches.delete(name);
