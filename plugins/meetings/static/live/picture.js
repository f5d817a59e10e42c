/** A picture of the live text, large, without leaving the page. */

/** Show the picture a link leads to; false where the browser has no dialogs. */
export function open(link) {
  const dialog = document.createElement('dialog');
  if (!dialog.showModal) return false;
  const picture = link.querySelector('img').cloneNode();
  picture.removeAttribute('loading');
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = link.closest('.live').dataset.close;
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.setAttribute('aria-label', picture.alt);
  dialog.append(picture, close);
  document.body.append(dialog);
  dialog.showModal();
  return true;
}
