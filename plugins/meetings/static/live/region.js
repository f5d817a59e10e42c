/**
 * A part of a page that others change: asked for again now and then, replaced where it differs, never under the hands
 * of who is just using it. Forms in it marked `data-part-form` are sent without leaving the page.
 */

const HEADERS = { 'X-Part': '1' };
const TIMEOUT_MS = 10000;

export class Region {
  #last = null;
  #timer = null;
  #asked = 0;

  /** root: the element with data-region; onChange() after a replacement, onLost(lost) when the line drops or is back. */
  constructor(root, { every, onChange = () => {}, onLost = () => {} }) {
    Object.assign(this, { root, every, onChange, onLost });
    document.addEventListener('submit', (event) => this.#submitted(event));
  }

  start() {
    this.#timer = setTimeout(async () => {
      if (document.visibilityState === 'visible') await this.refresh();
      this.start();
    }, this.every);
  }

  /** True while something in it is being typed, opened or asked. */
  get busy() {
    const active = document.activeElement;
    const typing = this.root.contains(active) && active.matches('input, textarea, select');
    return typing || document.querySelector('dialog[open]') !== null || this.root.querySelector('details[open]:not(.decided)') !== null;
  }

  /** Ask again; what somebody works on stays. */
  async refresh() {
    if (this.busy) return;
    const mine = ++this.#asked;
    const html = await this.#fetch(this.root.dataset.region, {});
    if (html !== null && mine === this.#asked && !this.busy) this.#show(html);
  }

  /** Send a form of it with the button that was pressed; the answer is the part as it is now. */
  async send(form, button) {
    const body = new FormData(form, button);
    const mine = ++this.#asked;
    const html = await this.#fetch(form.action, { method: 'POST', body });
    if (html !== null && mine === this.#asked) this.#show(html, true);
  }

  #submitted(event) {
    const form = event.target;
    if (event.defaultPrevented || !form.matches('[data-part-form]') || !this.root.contains(form)) return;
    event.preventDefault();
    this.send(form, event.submitter);
  }

  async #fetch(url, options) {
    try {
      const response = await fetch(url, { credentials: 'same-origin', headers: HEADERS, signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
      const known = response.ok || response.status === 409 || response.status === 412 || response.status === 422;
      if (!known || response.redirected) throw new Error(String(response.status));
      this.onLost(false);
      return await response.text();
    } catch {
      this.onLost(true);
      return null;
    }
  }

  #show(html, always = false) {
    const plain = html.replace(/data-left="\d+">\d+/g, '').replace(/name="csrf_token" value="[^"]*"/g, '');
    if (!always && plain === this.#last) return;
    this.#last = plain;
    const place = this.#place();
    this.root.innerHTML = html;
    this.#goBack(place);
    this.onChange();
  }

  /** Where the focus is: the row it stands in, and the act there. */
  #place() {
    const active = document.activeElement;
    if (!this.root.contains(active)) return null;
    return { post: active.closest('[data-post]')?.dataset.post, label: active.textContent, tag: active.tagName };
  }

  #goBack(place) {
    if (!place) return;
    const problem = this.root.querySelector('.problem[tabindex]');
    const row = place.post && this.root.querySelector(`[data-post="${CSS.escape(place.post)}"]`);
    const same = [...(row || this.root).querySelectorAll(place.tag)].find((one) => one.textContent === place.label);
    (problem ?? same ?? row ?? this.root.querySelector('[data-post]') ?? this.root).focus();
  }
}
