/**
 * What the desk keeps for a reload without network. The worker keeps the empty page; names and digests stay in this
 * tab's own storage, which the browser itself empties when the tab is closed: a tablet may be anybody's next.
 */

const HOURS = 12;

export class Keeping {
  constructor(meeting, storage, now = Date.now) {
    Object.assign(this, { name: `mingtang.desk.${meeting}`, storage, now });
  }

  /** Keep the list and the token to send with; a list of a meeting that has ended is let go instead. */
  keep(data, token) {
    if (data.ended) return this.end();
    try {
      this.storage.setItem(this.name, JSON.stringify({ data, token, until: this.now() + HOURS * 3600000 }));
    } catch {
      this.end(); // no room: half a list is worse than none
    }
    return undefined;
  }

  /** `{data, token}` as kept last, or null where nothing is kept or it is too old. */
  take() {
    const kept = JSON.parse(this.storage.getItem(this.name) ?? 'null');
    if (kept && kept.until > this.now()) return kept;
    this.end();
    return null;
  }

  end() {
    this.storage.removeItem(this.name);
  }
}

/** Have the page kept; answers whether it is. Needs https, as every browser demands. */
export async function keepPage(workers = navigator.serviceWorker) {
  if (!workers) return false;
  try {
    await workers.register('worker.js', { scope: './', updateViaCache: 'none' });
    await workers.ready;
    return true;
  } catch {
    return false;
  }
}

/** Let the page go, and everything that was kept for it. */
export async function dropPage(workers = navigator.serviceWorker, stores = globalThis.caches) {
  const worker = await workers?.getRegistration('./');
  await worker?.unregister();
  const family = `mingtang.door.${location.pathname}`;
  for (const name of (await stores?.keys()) ?? []) if (name.startsWith(family)) await stores.delete(name);
}
