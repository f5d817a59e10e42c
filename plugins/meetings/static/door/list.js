/**
 * The door's list: who is expected, whose code this is, who is in. It needs no network once it is loaded: the list
 * holds SHA-256 over meeting and code of everybody, so a code is verified by hashing it.
 */

const LOOK_ALIKE = { O: '0', I: '1', L: '1' };
const CODE = 10;

/** What was typed or scanned, as the server reads it: capitals, no dashes, no look-alikes; "" when it is no code. */
export function readCode(text) {
  const kept = [...text.toUpperCase()].filter((one) => /[0-9A-Z]/.test(one)).slice(0, 40);
  const code = kept.map((one) => LOOK_ALIKE[one] ?? one).join('');
  return code.length === CODE ? code : '';
}

/** SHA-256 in hexadecimal; null where the browser has no crypto (a page that did not come by https). */
export async function digestOf(text, subtle = globalThis.crypto?.subtle) {
  if (!subtle) return null;
  const bytes = await subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class DoorList {
  /** data: {meeting, at, people: [{id, name, category_label, organisation, items, codes, promised, state}]}. */
  constructor(data) {
    this.replace(data, []);
  }

  /** Take a newer list; acts not yet uploaded count on top of it. */
  replace(data, unsent) {
    this.meeting = data.meeting;
    this.at = data.at;
    this.people = data.people.map((one) => ({ ...one, waiting: false }));
    this.byId = new Map(this.people.map((one) => [one.id, one]));
    this.byCode = new Map(this.people.flatMap((one) => one.codes.map((code) => [code, one])));
    for (const act of unsent) this.note(act);
  }

  /** The person a code belongs to; undefined where it is wrong or was revoked before the list was loaded. */
  async whose(code, digest = digestOf) {
    return this.byCode.get(await digest(`${this.meeting}:${code}`));
  }

  /** What stands against letting this person in or out: "already", "promise", or "" where nothing does. */
  objection(person, event) {
    if ((event === 'in') === (person.state === 'in')) return 'already';
    return event === 'in' && !person.promised ? 'promise' : '';
  }

  /** Count an act that is on its way. */
  note({ person, event, promised }) {
    const found = this.byId.get(person);
    if (!found) return;
    Object.assign(found, { state: event, waiting: true, promised: found.promised || Boolean(promised) });
  }

  /** Those whose masked name, body or category holds the text. */
  matching(text) {
    const wanted = text.trim().toLowerCase();
    const says = (one) => [one.name, one.organisation, one.category_label].some((word) => word.toLowerCase().includes(wanted));
    return wanted ? this.people.filter(says) : this.people;
  }

  get present() {
    return this.people.filter((one) => one.state === 'in').length;
  }
}
