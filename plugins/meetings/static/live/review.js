/** The reviewer's page (审核台): what waits, counted down, decided on by keyboard. */

import { Region } from './region.js';

const LOOK_MS = 1500;
const root = document.querySelector('[data-region]');
const heard = document.querySelector('[data-part="heard"]');
const lost = document.querySelector('[data-part="lost"]');
const rows = () => [...root.querySelectorAll('.held-line')];
let chosen = null;
let known = null;

root.tabIndex = -1;
const region = new Region(root, { every: LOOK_MS, onChange: show, onLost: (is) => { lost.hidden = !is; } });

function row() {
  return rows().find((one) => one.dataset.post === chosen) ?? rows()[0];
}

function choose(one) {
  chosen = one?.dataset.post ?? null;
  for (const each of rows()) each.toggleAttribute('data-chosen', each === one);
}

/** After every change: the chosen line stays chosen, and a screen reader hears what is new. */
function show() {
  choose(row());
  const last = rows().at(-1);
  if (last && known !== null && last.dataset.post !== known) {
    const text = last.querySelector('.held-text').textContent.trim();
    heard.textContent = heard.dataset.words.replace('{n}', rows().length).replace('{text}', text);
  }
  known = last?.dataset.post ?? '';
}

function move(step) {
  const at = rows().indexOf(row());
  const next = rows()[Math.min(Math.max(at + step, 0), rows().length - 1)];
  choose(next);
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function press(act) {
  const button = row()?.querySelector(`[data-act="${act}"]`);
  if (!button) return;
  if (button.tagName !== 'SUMMARY') return region.send(button.form, button);
  button.parentElement.open = true;
  button.parentElement.querySelector('textarea, input:not([type=hidden])').focus();
}

/** A line that is being edited must not go out meanwhile: it leaves the queue first. */
async function edit() {
  const stop = row()?.querySelector('[data-act="stop"]');
  if (stop) await region.send(stop.form, stop);
  press('edit');
}

function stopAll() {
  const button = root.querySelector('[data-key="Alt+P"]');
  if (button) region.send(button.form, button);
}

const KEYS = {
  ArrowUp: () => move(-1), ArrowDown: () => move(1), KeyR: () => press('release'), KeyH: () => press('stop'),
  KeyE: edit, KeyX: () => press('refuse'), KeyP: stopAll,
};

document.addEventListener('keydown', (event) => {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  if (event.code === 'Escape') {
    root.querySelectorAll('details[open]:not(.decided)').forEach((one) => { one.open = false; });
    row()?.focus();
  }
  if (!event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.code]) return;
  event.preventDefault();
  KEYS[event.code]();
});
root.addEventListener('focusin', ({ target }) => {
  const one = target.closest('.held-line');
  if (one) choose(one);
});
root.addEventListener('click', (event) => {
  const summary = event.target.closest('summary[data-act="edit"]');
  if (!summary || summary.parentElement.open) return;
  event.preventDefault();
  choose(summary.closest('.held-line'));
  edit();
});
setInterval(() => {
  for (const left of root.querySelectorAll('[data-left]')) {
    left.dataset.left = Math.max(0, Number(left.dataset.left) - 1);
    left.textContent = left.dataset.left;
  }
}, 1000);
show();
region.start();
