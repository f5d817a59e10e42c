/** Find words in the lines this page holds: counted, one after the other, found by eye, ear and keyboard. */

/** The rows whose text holds the words, whatever their case. */
export function matches(rows, words) {
  const wanted = words.trim().toLowerCase();
  return wanted ? rows.filter((row) => row.textContent.toLowerCase().includes(wanted)) : [];
}

/** The place after `at` in a ring of `count`, or before it. */
export function step(at, by, count) {
  return count ? (at + by + count) % count : -1;
}

/** Show the search bar, or put it away. */
export function use({ root, button }) {
  const bar = root.querySelector('[data-search]');
  if (!bar.dataset.ready) prepare(root, bar, button);
  bar.hidden = !bar.hidden;
  button.setAttribute('aria-expanded', String(!bar.hidden));
  if (bar.hidden) mark([], '');
  else bar.querySelector('input').focus();
}

function prepare(root, bar, button) {
  const input = bar.querySelector('input');
  const status = bar.querySelector('[role="status"]');
  let at = -1;
  let last = '';
  const go = (by) => {
    const found = matches([...root.querySelectorAll('.line:not(.gone)')], input.value);
    at = input.value === last ? step(at, by, found.length) : found.length - 1; // the newest first
    last = input.value;
    mark(found, input.value.trim());
    root.querySelector('[data-found]')?.removeAttribute('data-found');
    found[at]?.setAttribute('data-found', '');
    found[at]?.scrollIntoView({ block: 'center' });
    const sentence = found.length ? status.dataset.some : status.dataset.none;
    status.textContent = input.value.trim() ? sentence.replace('{i}', at + 1).replace('{n}', found.length) : '';
  };
  bar.dataset.ready = 'true';
  bar.addEventListener('submit', (event) => {
    event.preventDefault();
    go(-1);
  });
  bar.querySelector('[data-next]').addEventListener('click', () => go(1));
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    button.click();
    button.focus();
  });
}

/** The words themselves are coloured where the browser can do so without touching the text. */
function mark(rows, words) {
  if (!globalThis.CSS?.highlights) return;
  const ranges = [];
  for (const row of words ? rows : []) {
    const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.data.toLowerCase();
      for (let i = text.indexOf(words.toLowerCase()); i >= 0; i = text.indexOf(words.toLowerCase(), i + words.length)) {
        const range = new Range();
        range.setStart(texts.currentNode, i);
        range.setEnd(texts.currentNode, Math.min(i + words.length, text.length));
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set('found', new Highlight(...ranges));
}
