/** From the list of agenda items and speakers to their lines: an item's beginning, a speaker's newest and then earlier ones. */

/** Bring the line a link of the list means under eye and keyboard; false when this page does not hold it. */
export function open(link, root) {
  const wanted = new URLSearchParams(link.search);
  const row = wanted.has('item') ? item(root, wanted.get('item')) : speaker(root, wanted.get('speaker'));
  if (!row) return false;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'start' });
  return true;
}

/** The item's beginning counts only where it is: the first line of the page may be its middle. */
function item(root, id) {
  const rows = [...root.querySelectorAll('.line')];
  const found = rows.find((row) => row.dataset.item === id);
  const cut = found === rows[0] && root.querySelector('[rel="prev"]');
  return cut ? null : found;
}

function speaker(root, name) {
  const rows = [...root.querySelectorAll('.line:not(.gone)')].reverse();
  const said = rows.filter((row) => row.querySelector('.who')?.firstChild.textContent.trim() === name);
  const at = said.indexOf(document.activeElement);
  return said[(at + 1) % said.length];
}
