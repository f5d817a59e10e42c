/** «Verify here» on the page of a call: fetches the published list, draws again, compares with what the page shows. */

import { Wrong, verify } from './verify.js';

const box = document.querySelector('[data-draw]');
const button = box?.querySelector('button');
const answer = box?.querySelector('[role=status]');

function shown() {
  return Array.from(document.querySelectorAll('[data-receipt]'), (row) => (
    { receipt: row.dataset.receipt, selected: row.dataset.selected === 'yes' }
  ));
}

function agrees(again) {
  const drawn = new Map(again.map((row) => [row.receipt, row.selected]));
  const rows = shown();
  return rows.length === drawn.size && rows.every((row) => drawn.get(row.receipt) === row.selected);
}

function say(name, tone) {
  answer.hidden = false;
  answer.textContent = box.dataset[name];
  answer.dataset.tone = tone;
}

async function check() {
  button.disabled = true;
  try {
    const reply = await fetch(box.dataset.draw, { headers: { Accept: 'application/json' } });
    if (!reply.ok) throw new Error(String(reply.status));
    const published = await reply.json();
    if (published.commitment !== box.dataset.commitment) throw new Wrong('seed');
    if (!agrees(await verify(published))) throw new Wrong('results');
    say('same', 'done');
  } catch (fault) {
    const known = fault instanceof Wrong ? `wrong_${fault.message}`.replace(/_(\w)/g, (_, c) => c.toUpperCase()) : '';
    say(known in box.dataset ? known : 'failed', 'overdue');
  } finally {
    button.disabled = false;
  }
}

if (button) {
  button.hidden = false;
  if (globalThis.crypto?.subtle) button.addEventListener('click', check);
  else {
    button.disabled = true;
    say('unsafe', 'soon');
  }
}
