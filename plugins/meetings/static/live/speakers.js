/** The speaker keys Alt+1 … Alt+9: preset by the server, edited here, kept for this live text on this machine. */

const MOST = 9;

export class SpeakerKeys {
  /** row: the list of keys, input: the speaker's field, dialog: where they are edited. */
  constructor({ row, input, dialog, storage, name }) {
    Object.assign(this, { row, input, dialog, storage, name: `mingtang.speakers.${name}` });
    this.names = [...row.querySelectorAll('[data-name]')].map((button) => button.dataset.name);
    const kept = this.#kept();
    if (kept) this.names = [...kept, ...this.names.filter((one) => !kept.includes(one))].slice(0, MOST);
    this.#show();
    dialog.querySelector('form').addEventListener('submit', (event) => this.#save(event));
    dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
  }

  /** The speaker of a key; nothing where it has none. */
  choose(number) {
    const name = this.names[number - 1];
    if (name) this.input.value = name;
    this.mark();
  }

  /** Show which key is the present speaker's. */
  mark() {
    for (const button of this.row.querySelectorAll('[data-name]')) {
      button.setAttribute('aria-pressed', String(button.dataset.name === this.input.value.trim()));
    }
  }

  /** A name typed by hand takes the next free key. */
  keep() {
    const name = this.input.value.trim();
    if (name && !this.names.includes(name) && this.names.filter(Boolean).length < MOST) {
      const free = this.names.indexOf('');
      this.names.splice(free < 0 ? this.names.length : free, free < 0 ? 0 : 1, name);
      this.#store();
      this.#show();
    }
    this.mark();
  }

  edit() {
    for (let n = 1; n <= MOST; n += 1) this.dialog.querySelector(`[name="speaker-${n}"]`).value = this.names[n - 1] ?? '';
    this.dialog.showModal();
  }

  #save(event) {
    event.preventDefault();
    const typed = new FormData(event.target);
    this.names = Array.from({ length: MOST }, (_, n) => typed.get(`speaker-${n + 1}`).trim());
    this.#store();
    this.#show();
    this.dialog.close();
  }

  #show() {
    this.row.replaceChildren(...this.names.map((name, n) => [name, n + 1]).filter(([name]) => name).map(key));
    this.mark();
  }

  #kept() {
    try {
      const kept = JSON.parse(this.storage.getItem(this.name));
      return Array.isArray(kept) ? kept.map(String) : null;
    } catch {
      return null; // nothing kept, or not ours
    }
  }

  #store() {
    try {
      this.storage.setItem(this.name, JSON.stringify(this.names));
    } catch {
      // no room: the keys hold until the page is closed
    }
  }
}

function key([name, number]) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: `Alt+${number} ${name}` });
  Object.assign(button.dataset, { speakerKey: String(number), name });
  button.setAttribute('aria-keyshortcuts', `Alt+${number}`);
  const item = document.createElement('li');
  item.append(button);
  return item;
}
