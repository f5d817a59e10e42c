/** What may go out as a line: the server's rule (core/text.py, live/forms.py), asked before anything is sent. */

export const LONGEST = 4000;
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff]/u; // with u, only lone surrogates match

/** The text as it is sent: LF line ends, nothing around it. */
export const tidy = (text) => text.replace(/\r\n?/g, '\n').trim();

/** Code points, as the server counts. */
export const length = (text) => [...text].length;

/** Why the text cannot go out: 'controls', 'long', or '' where it can. */
export function fault(text) {
  const sent = tidy(text);
  if (UNPRINTABLE.test(sent)) return 'controls';
  return length(sent) > LONGEST ? 'long' : '';
}

/** The next place to fill, 〔…〕, from `from` on: [start, end] of what stands in it, null where there is none. */
export function nextPlace(text, from = 0) {
  const start = text.indexOf('〔', from);
  const end = start < 0 ? -1 : text.indexOf('〕', start);
  return end < 0 ? null : [start, end + 1];
}
