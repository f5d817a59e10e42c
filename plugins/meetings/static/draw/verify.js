/** Runs a public draw again from its published list, as documents/verify_draw.py does: same steps, same words for them.
 *  Knows neither page nor network, so that node runs its tests. */

const encoder = new TextEncoder();

export class Wrong extends Error {}

async function sha256(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function commitmentOf(seed, salt) {
  return sha256(seed + salt);
}

export function digestOf(entries) {
  return sha256(entries.map((row) => `${row.receipt}\t${row.category}\t${row.name}\n`).join(''));
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Everyone in the order of places: {receipt, place, selected}. */
export async function draw(seed, seats, quotas, entries) {
  const digest = await digestOf(entries);
  const ranks = new Map();
  for (const row of entries) ranks.set(row.receipt, await sha256(`${seed}:${digest}:${row.receipt}`));
  const ranked = [...entries].sort(
    (a, b) => order(ranks.get(a.receipt), ranks.get(b.receipt)) || order(a.receipt, b.receipt),
  );
  const chosen = new Set();
  for (const [category, quota] of Object.entries(quotas)) {
    ranked.filter((row) => row.category === category).slice(0, quota).forEach((row) => chosen.add(row.receipt));
  }
  const left = Math.max(0, seats - chosen.size);
  ranked.filter((row) => !chosen.has(row.receipt)).slice(0, left).forEach((row) => chosen.add(row.receipt));
  const first = ranked.filter((row) => chosen.has(row.receipt));
  const waiting = ranked.filter((row) => !chosen.has(row.receipt));
  return [...first, ...waiting].map((row, index) => (
    { receipt: row.receipt, place: index + 1, selected: chosen.has(row.receipt) }
  ));
}

/** Check a draw. Throws Wrong with `not_drawn`, `seed`, `list`, `quotas` or `results` at the first fault. */
export async function verify(document) {
  if (!document.seed) throw new Wrong('not_drawn');
  if (await commitmentOf(document.seed, document.salt) !== document.commitment) throw new Wrong('seed');
  const receipts = document.entries.map((row) => row.receipt);
  const inOrder = receipts.every((receipt, n) => n === 0 || receipts[n - 1] < receipt);
  if (!inOrder || await digestOf(document.entries) !== document.list_digest) throw new Wrong('list');
  const kept = Object.values(document.quotas).reduce((sum, quota) => sum + quota, 0);
  if (kept > document.seats) throw new Wrong('quotas');
  const again = await draw(document.seed, document.seats, document.quotas, document.entries);
  const same = again.length === document.results.length && again.every((row, n) => {
    const told = document.results[n];
    return row.receipt === told.receipt && row.place === told.place && row.selected === told.selected;
  });
  if (!same) throw new Wrong('results');
  return again;
}
