import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LONGEST, fault, length, nextPlace, tidy } from '../../../plugins/meetings/static/live/text.js';

test('control characters, tabs and lone surrogates are named, line feeds and pairs are not', () => {
  for (const bad of ['\u0000', '\t', '\u000b', '\u001b', '\u007f', '\u0085', '\ud800', 'a\udc00b', '\ud800\ud800\udc00']) {
    assert.equal(fault(`字${bad}字`), 'controls', JSON.stringify(bad));
  }
  for (const good of ['', '一\n二', '𠮷', '👨‍👩‍👧', 'é', '\u200b']) assert.equal(fault(good), '', JSON.stringify(good));
});

test('4,000 characters are counted as the server counts them, without the blanks around', () => {
  assert.equal(fault('𠮷'.repeat(LONGEST)), '');
  assert.equal(fault('𠮷'.repeat(LONGEST + 1)), 'long');
  assert.equal(fault(`  ${'字'.repeat(LONGEST)}\n`), '');
  assert.equal(length('𠮷字'), 2);
});

test('line ends become LF', () => assert.equal(tidy(' 一\r\n二\r三 '), '一\n二\n三'));

test('the places of a template are found one after the other', () => {
  const text = '同意〔〕票，〔通过〕';
  const first = nextPlace(text);
  assert.deepEqual(first, [2, 4]);
  assert.equal(text.slice(...nextPlace(text, first[1])), '〔通过〕');
  assert.equal(nextPlace(text, text.length), null);
  assert.equal(nextPlace('没有〔写完'), null);
});
