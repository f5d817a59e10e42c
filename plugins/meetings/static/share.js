/** Copy a page's address, or hand it to the phone's own way of sharing; both hidden where the browser cannot. */

for (const panel of document.querySelectorAll('[data-share]')) {
  const url = panel.querySelector('a').href;
  const status = panel.querySelector('[role="status"]');
  const copy = panel.querySelector('[data-copy]');
  const send = panel.querySelector('[data-send]');
  copy.hidden = false;
  copy.addEventListener('click', () => {
    const copied = navigator.clipboard ? navigator.clipboard.writeText(url) : Promise.reject(new Error('no clipboard'));
    copied.then(() => { status.textContent = status.dataset.done; }, () => { status.textContent = status.dataset.failed; });
  });
  send.hidden = !navigator.share;
  send.addEventListener('click', () => navigator.share({ title: panel.dataset.share, url }).catch(() => {
    status.textContent = ''; // the reader thought better of it
  }));
}
