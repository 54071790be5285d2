import assert from 'node:assert/strict';
import { utf8 } from '../../test/fakes/caches.ts';
import { chance } from '../../test/fakes/chance.ts';
import {
  HOSTILE_FLOOD,
  HOSTILE_WORDS,
  hostileText,
  iconsIn,
  linksIn,
  UNRULY,
} from '../../test/fakes/hostileTexts.ts';
import { asText, briefly, onOneLine, placeOf, withoutIcons, withoutLinks } from './text.ts';

describe('Bytes as text', () => {
  const texts = [
    ['nothing', ''],
    ['a final newline', 'a\n'],
    ['no final newline', 'a'],
    ['CRLF', 'a\r\nb\r\n'],
    ['a lone CR', 'a\rb'],
    ['a byte order mark', '\uFEFFa'],
    ['a byte order mark that is not at the beginning', 'a\uFEFF'],
    ['characters of two, three and four bytes', 'ü漢🙂'],
    ['a NUL, which Kubernetes takes as text', 'a\0b'],
  ] as const;
  for (const [name, text] of texts) {
    it(`keeps ${name}`, () => {
      assert.equal(asText(utf8(text)), text);
    });
  }

  const others = [
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9]],
    ['UTF-16 with its byte order mark', [0xff, 0xfe, 0x61, 0x00]],
    ['a character cut off at the end', [0x61, 0xe6, 0xbc]],
    ['a character written longer than need be', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['gzip', [0x1f, 0x8b, 0x08, 0x00]],
  ] as const;
  for (const [name, bytes] of others) {
    it(`is none for ${name}`, () => {
      assert.equal(asText(Uint8Array.from(bytes)), undefined);
    });
  }
});

describe('The place of an offset', () => {
  const places = [
    ['the beginning', '', 0, 1, 1],
    ['the first line', 'abc', 2, 1, 3],
    ['the end of a text without a final newline', 'abc', 3, 1, 4],
    ['the line after LF', 'ab\ncd', 4, 2, 2],
    ['the line after CRLF', 'ab\r\ncd', 5, 2, 2],
    ['the line after a lone CR', 'ab\rcd', 4, 2, 2],
    ['a line after empty lines', '\n\n\nx', 3, 4, 1],
    ['a line after empty CRLF lines', '\r\n\r\nx', 4, 3, 1],
    ['the CR of a CRLF', 'ab\r\ncd', 2, 1, 3],
    ['the LF of a CRLF, still on the line that it ends', 'ab\r\ncd', 3, 1, 3],
    ['a character after some of several bytes', 'ü漢x', 2, 1, 3],
    ['a line after one with characters of several bytes', '漢🙂\nabc', 6, 2, 3],
  ] as const;
  for (const [name, text, offset, line, column] of places) {
    it(`is right for ${name}`, () => {
      assert.deepEqual(placeOf(text, offset), { line, column });
    });
  }
});

const below = chance(6);
const TEXTS = [
  HOSTILE_WORDS,
  HOSTILE_FLOOD,
  ...Array.from({ length: 2000 }, () =>
    [hostileText(below), '[a](command:x)', hostileText(below), '$(b)'].join(hostileText(below)),
  ),
];

describe('A text from outside on a line of ours', () => {
  it('begins no other line, and turns nothing around', () => {
    for (const text of TEXTS) assert.doesNotMatch(onOneLine(text), UNRULY);
  });

  it('is as it was where it is a line', () => {
    for (const text of ['', ' two  spaces ', 'é漢字😀', '\u05d0\u05d1', '[a](b) $(c) **d** <e>']) {
      assert.equal(onOneLine(text), text);
    }
    assert.equal(onOneLine('one\r\n\ttwo\u2028three\u202efour'), 'one two three\ufffdfour');
  });

  it('leaves room for what comes after it where it is a part of a sentence', () => {
    assert.equal(briefly('  a line\n'), 'a line');
    assert.equal(briefly('x'.repeat(300)), 'x'.repeat(300));
    assert.equal(briefly('x'.repeat(301)), `${'x'.repeat(300)}…`);
    assert.equal(briefly('one two', 4), 'one…');
    for (const text of TEXTS) assert.ok(!UNRULY.test(briefly(text)) && briefly(text).length <= 301);
  });
});

describe('A text from outside in a notification', () => {
  it('holds no link, which could be a command', () => {
    const text = 'see [here](command:workbench.action.quit) and [there](https://example.com)';
    assert.equal(linksIn(text).length, 2);
    assert.equal(withoutLinks(text).replaceAll('] (', ']('), text);
    for (const each of [text, '[a]\u202e(command:b)', ...TEXTS]) {
      assert.deepEqual(linksIn(withoutLinks(each)), []);
      assert.doesNotMatch(withoutLinks(each), UNRULY);
    }
  });
});

describe('A text from outside in a row of a list', () => {
  it('has no icon, and every character as it was', () => {
    // Each that VS Code would draw is escaped; what is none would show the escape.
    assert.equal(withoutIcons('only $(HOSTNAME) of it'), 'only \\$(HOSTNAME) of it');
    assert.equal(withoutIcons('$(sync~spin)$(x-1)'), '\\$(sync~spin)\\$(x-1)');
    for (const text of ['$(POD_NAME)', '$HOME', '$()', '$(a', '$$', 'a (b)']) {
      assert.equal(withoutIcons(text), text);
    }
    assert.ok(iconsIn(HOSTILE_WORDS).length > 0);
    for (const text of TEXTS) {
      assert.deepEqual(iconsIn(withoutIcons(text)), []);
      assert.doesNotMatch(withoutIcons(text), UNRULY);
    }
  });
});
