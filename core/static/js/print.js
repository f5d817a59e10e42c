/** A print button where there is script; without it the browser's own menu prints. */

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
