/** A picture from the clipboard or a file becomes a line once it has a description. */

import { fault, length, tidy } from './text.js';
import { pictureFault } from './pictures.js';
import { fill } from './view.js';

export class PictureBox {
  #blob = null;

  /** onReady(blob, text) is called when it may go out; it throws where there is no room for the picture. */
  constructor({ dialog, words, onReady, onClose }) {
    Object.assign(this, { dialog, words, onReady });
    this.preview = dialog.querySelector('[data-preview]');
    this.said = dialog.querySelector('[data-fault]');
    this.text = dialog.querySelector('[name=text]');
    dialog.querySelector('form').addEventListener('submit', (event) => this.#send(event));
    dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => { URL.revokeObjectURL(this.preview.src); onClose(); });
  }

  /** The picture of a paste, null where there is none. */
  static of(data) {
    return [...(data?.files ?? [])].find((file) => file.type.startsWith('image/')) ?? null;
  }

  open(blob) {
    this.#blob = blob;
    this.text.value = '';
    const why = pictureFault(blob);
    this.said.textContent = why ? this.words.faults[why] : '';
    this.preview.hidden = Boolean(why);
    this.dialog.querySelector('[type=submit]').disabled = Boolean(why);
    this.preview.src = why ? '' : URL.createObjectURL(blob);
    this.dialog.showModal();
    this.text.focus();
  }

  async #send(event) {
    event.preventDefault();
    const text = tidy(this.text.value);
    const why = fault(text);
    this.said.textContent = why ? fill(this.words.faults[why], { n: length(text) }) : text ? '' : this.words.no_description;
    if (why || !text) return;
    try {
      await this.onReady(this.#blob, text);
      this.dialog.close();
    } catch {
      this.said.textContent = this.words.faults.room;
    }
  }
}
