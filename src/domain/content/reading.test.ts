import assert from 'node:assert/strict';
import { utf8 } from '../../../test/fakes/caches.ts';
import { entriesOf } from './entries.ts';
import { read, type Reading } from './reading.ts';

/** The names of the entries in the order of names. */
function names(reading: Reading): readonly string[] {
  assert.equal(reading.kind, 'document');
  return entriesOf(reading.root)
    .entries.map(({ name }) => name)
    .sort();
}

/** The values of the entries by their names. */
function values(reading: Reading): Readonly<Record<string, string>> {
  assert.equal(reading.kind, 'document');
  return Object.fromEntries(
    entriesOf(reading.root).entries.map(({ name, value }) => [name, value]),
  );
}

function place(reading: Reading): readonly [line: number, column: number] {
  assert.equal(reading.kind, 'unreadable');
  assert.match(reading.problem, /\S/);
  return [reading.line, reading.column];
}

const json = (text: string): Reading => read('JSON', utf8(text));
const yaml = (text: string): Reading => read('YAML', utf8(text));
const properties = (text: string): Reading => read('properties', utf8(text));

describe('Reading text and binary', () => {
  it('gives no document and finds no fault', () => {
    assert.deepEqual(read('text', utf8('{"a')), { kind: 'opaque' });
    assert.deepEqual(read('binary', Uint8Array.of(0xff)), { kind: 'opaque' });
  });
});

describe('Reading what is not UTF-8', () => {
  for (const format of ['JSON', 'YAML', 'properties'] as const) {
    it(`finds the fault of ${format} in UTF-16 at the very beginning`, () => {
      const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('{"a":1}', 'utf16le')]);
      assert.deepEqual(place(read(format, new Uint8Array(utf16))), [1, 1]);
    });

    it(`finds the first byte of ${format} that is wrong`, () => {
      const bytes = Buffer.concat([
        Buffer.from('{"ü": 1,\r\n "b": "caf'),
        Buffer.of(0xe9),
        Buffer.from('"}'),
      ]);
      assert.deepEqual(place(read(format, new Uint8Array(bytes))), [2, 11]);
    });
  }
});

describe('Reading JSON', () => {
  const faults = [
    ['cut off after a comma', '{"a": 1,\n "b": 2,', 2, 9],
    ['cut off after a colon', '{"a":', 1, 6],
    ['cut off before the last bracket', '{"a": [1, 2]\n', 2, 1],
    ['cut off after CRLF lines', '{\r\n"a": 1,\r\n"b": ', 3, 6],
    ['cut off after lines that end with CR', '{\r"a": 1,\r"b": ', 3, 6],
    ['cut off after characters of several bytes', '{"ü漢":\n "漢漢", ', 2, 8],
    ['cut off after a byte order mark, which has no column', '\uFEFF{"a":', 1, 6],
    ['with a word that is none of JSON', '{"a": 1,\n "b": nope}', 2, 7],
    ['with a comma after the last element', '[1, 2,\n]', 2, 1],
    ['with a comment', '{\n // owner\n "a": 1}', 2, 2],
    ['with single quotes', "{'a': 1}", 1, 2],
    ['with a name without quotes', '{a: 1}', 1, 2],
    ['with NaN', '[NaN]', 1, 2],
    ['with two documents', '{"a": 1}\n{"a": 2}', 2, 1],
    ['that is a sentence', 'Service Unavailable', 1, 1],
  ] as const;
  for (const [name, text, line, column] of faults) {
    it(`finds the fault of one ${name}`, () => {
      assert.deepEqual(place(json(text)), [line, column]);
    });
  }

  it('finds a string that is cut off on the line where it begins', () => {
    assert.equal(place(json('{\n "a": "abc'))[0], 2);
  });

  it('finds a line break within a string, which JSON forbids', () => {
    assert.equal(place(json('{\n "a": "abc\r\ndef"}'))[0], 2);
  });

  it('passes over a byte order mark, blank space and any line ends', () => {
    assert.deepEqual(names(json('\uFEFF\r\n {"a": 1,\r"b": 2}\n\n')), ['a', 'b']);
  });

  it('reads escapes as the characters that they stand for', () => {
    assert.deepEqual(values(json('{"\\u00e9": "\\u00e9\\n"}')), values(json('{"é": "é\\u000a"}')));
  });

  it('reads entries called like members of any JavaScript object', () => {
    const text = '{"__proto__": 1, "constructor": 2, "toString": 3, "a": 4}';
    assert.deepEqual(names(json(text)), ['__proto__', 'a', 'constructor', 'toString']);
  });

  const pairs = [
    ['large whole numbers', '12345678901234567890', '12345678901234567891'],
    ['large negative numbers', '-9007199254740993', '-9007199254740992'],
    ['fractions that are almost a whole number', '1.0000000000000000001', '1'],
    ['numbers beyond all that JavaScript holds', '1e400', '1e401'],
    ['such a number and null', '1e400', 'null'],
    ['long fractions', '0.12345678901234567891', '0.12345678901234567892'],
    ['a number and a text', '1', '"1"'],
    ['null and nothing', 'null', '""'],
    ['the order of an array', '[1,2]', '[2,1]'],
  ] as const;
  for (const [name, one, other] of pairs) {
    it(`tells apart ${name}`, () => {
      assert.notDeepEqual(
        values(json(`{"a": ${one}, "b": 0}`)),
        values(json(`{"a": ${other}, "b": 0}`)),
      );
    });
  }

  it('takes objects for the same whatever the order of their members', () => {
    assert.deepEqual(
      values(json('{"a": {"x": 1, "y": {"p": 1, "q": 2}}, "b": 0}')),
      values(json('{"b": 0, "a": {"y": {"q": 2, "p": 1}, "x": 1}}')),
    );
  });

  const equal = [
    ['1.50', '1.5'],
    ['1.0', '1'],
    ['1e2', '100'],
    ['1E+2', '100'],
    ['-0.10', '-0.1'],
    ['100000000000000000000', '1e20'],
  ] as const;
  for (const [one, other] of equal) {
    it(`takes ${one} for the same number as ${other}`, () => {
      assert.deepEqual(
        values(json(`{"a": ${one}, "b": 0}`)),
        values(json(`{"a": ${other}, "b": 0}`)),
      );
    });
  }

  it('finds the place of a cut on the last line, wherever it is cut', () => {
    const whole = JSON.stringify(
      { prices: [1, 2.5, { eu: 'ü漢', us: null }], live: true },
      null,
      2,
    );
    for (const text of [whole, whole.replaceAll('\n', '\r\n'), whole.replaceAll('\n', '\r')]) {
      for (let length = 1; length < text.length; length += 1) {
        const cut = text.slice(0, length);
        const lines = cut.replace(/\r$/, '').split(/\r\n|\n|\r/);
        const [line, column] = place(json(cut));
        const name = `${JSON.stringify(cut.slice(-12))} at ${line}:${column}`;
        assert.ok(line === lines.length || (cut.endsWith('\r') && line === lines.length + 1), name);
        assert.ok(column <= (lines[line - 1] ?? '').length + 1, name);
      }
    }
  });

  it('does not break on brackets without end', () => {
    assert.equal(json('['.repeat(100_000)).kind, 'unreadable');
  });

  it('has an answer for a document as deep as a ConfigMap can hold', () => {
    const reading = json('['.repeat(500_000) + ']'.repeat(500_000));
    if (reading.kind === 'document') assert.equal(entriesOf(reading.root).entries.length, 1);
    else assert.equal(reading.kind, 'unreadable');
  });
});

describe('Reading YAML', () => {
  const faults = [
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['a name given twice', 'a: 1\nb: 2\na: 3\n', 3],
    ['a backslash after the block sign', 'a: 1\nscript: |\\\n  echo\n', 2],
    ['a bracket that is not closed', 'a: 1\nb: [1, 2\n', 2],
    ['an alias without its anchor', 'a: 1\nb: *nope\n', 2],
    ['a text in quotes that is not closed', 'a: 1\nb: "x\n', 2],
    ['a fault in a second document', 'a: 1\n---\nb: ]\n', 3],
    ['a fault after CRLF lines', 'a: 1\r\nc: 1\r\nb: ]\r\n', 3],
  ] as const;
  for (const [name, text, line] of faults) {
    it(`finds the line of ${name}`, () => {
      const [found] = place(yaml(text));
      // What is not closed is noticed only where the text ends.
      assert.ok(found === line || (name.includes('not closed') && found > line), `line ${found}`);
    });
  }

  it('finds the column of a fault after characters of several bytes', () => {
    assert.deepEqual(place(yaml('a: 1\nü漢: ]\n')), [2, 5]);
  });

  it('finds the same place after a byte order mark', () => {
    assert.deepEqual(place(yaml('\uFEFFb: ]\n')), place(yaml('b: ]\n')));
  });

  it('reads every document of several', () => {
    const one = yaml('a: 1\nb: 2\n');
    const three = yaml('---\na: 1\nb: 2\n---\nc: 3\nd: 4\n...\n---\ne: 5\nf: 6\n');
    assert.deepEqual(names(one), ['a', 'b']);
    assert.equal(names(three).length, 3);
  });

  it('reads an alias as what its anchor says, and a merge as members', () => {
    const written = yaml('a: {x: 1, y: 2}\nb: {x: 1, y: 2}\n');
    assert.deepEqual(values(yaml('a: &one {x: 1, y: 2}\nb: *one\n')), values(written));
    const merged = yaml('a: &one {x: 1}\nb:\n  <<: *one\n  y: 2\n');
    assert.deepEqual(values(merged)['b'], values(yaml('a: 0\nb: {x: 1, y: 2}\n'))['b']);
  });

  it('does not follow aliases that grow a thousand million times', () => {
    const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
    for (let level = 1; level <= 9; level += 1) {
      const alias = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(', ')}]`);
    }
    place(yaml(lines.join('\n')));
  });

  it('does not follow an alias into itself for ever', () => {
    assert.deepEqual(place(yaml('a: &a\n  b: *a\nc: 1\n')), [2, 6]);
    assert.equal(place(yaml('a: 1\nb: &x [1, [*x]]\n'))[0], 2);
  });

  it('follows an alias to the anchor of that name that stood last before it', () => {
    assert.deepEqual(names(yaml('a: &x\n  b: &x 1\n  c: *x\nd: *x\n')), ['a', 'd']);
  });

  it('does not break on brackets without end', () => {
    assert.equal(yaml('['.repeat(5_000)).kind, 'unreadable');
  });

  it('tells apart large whole numbers', () => {
    assert.notDeepEqual(
      values(yaml('a: 12345678901234567890\nb: 0')),
      values(yaml('a: 12345678901234567891\nb: 0')),
    );
  });

  it('tells apart long fractions', () => {
    assert.notDeepEqual(
      values(yaml('a: 0.12345678901234567891\nb: 0')),
      values(yaml('a: 0.12345678901234567892\nb: 0')),
    );
  });

  it('tells apart keys that are large whole numbers', () => {
    assert.deepEqual(names(yaml('12345678901234567890: a\n12345678901234567891: b\n')), [
      '12345678901234567890',
      '12345678901234567891',
    ]);
  });

  it('finds the second of two equal names within anything', () => {
    assert.deepEqual(place(yaml('a:\n  - {x: 1,\n     "x": 2}\n')), [3, 6]);
  });

  it('has an answer for as many entries as a ConfigMap can hold', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `repo-${index}: x`);
    assert.equal(names(yaml(lines.join('\n'))).length, 20_000);
    assert.deepEqual(place(yaml([...lines, 'repo-0: y'].join('\n'))), [20_001, 1]);
  });

  it('passes over documents that are empty, as kubectl does', () => {
    assert.deepEqual(names(yaml('---\n---\na: 1\nb: 2\n---\n')), ['a', 'b']);
    assert.deepEqual(names(yaml('---\n# nothing\n---\n')), []);
  });

  it('takes the same content for the same whether in blocks or in brackets', () => {
    assert.deepEqual(
      values(yaml('a:\n  x: 1\n  y: [1, 2]\nb: z\n')),
      values(yaml('{b: "z", a: {y: [1, 2], x: 1}}')),
    );
  });

  it('reads keys that are numbers, flags or lists without a fault', () => {
    assert.equal(names(yaml('1: a\ntrue: b\n? [x, y]\n: c\n')).length, 3);
  });

  it('reads tags that it does not know without a fault', () => {
    assert.deepEqual(names(yaml('a: !Ref x\nb: !!binary aGk=\n')), ['a', 'b']);
  });

  it('reads entries called like members of any JavaScript object', () => {
    assert.deepEqual(names(yaml('__proto__: 1\nconstructor: 2\na: 3\n')), [
      '__proto__',
      'a',
      'constructor',
    ]);
  });
});

describe('Reading properties', () => {
  it('reads names and values without the space around them', () => {
    assert.deepEqual(names(properties('org/app = team-a\norg.web=team-b\n')), [
      'org.web',
      'org/app',
    ]);
    assert.deepEqual(values(properties('a = 1\nb=2')), values(properties('a=1\nb = 2')));
  });

  it('passes over comments and empty lines', () => {
    assert.deepEqual(names(properties('# one\n\n! two\n   \na=1\n  # three\nb=2\n')), ['a', 'b']);
  });

  it('keeps what follows the first equals sign', () => {
    assert.notDeepEqual(values(properties('a=b=c\nz=0')), values(properties('a=b\nz=0')));
    assert.deepEqual(names(properties('a=b=c\nz=0')), ['a', 'z']);
  });

  it('reads an empty value, which is another than one that is missing', () => {
    assert.deepEqual(names(properties('a=\nb=2\n')), ['a', 'b']);
    assert.notDeepEqual(values(properties('a=\nb=2\n')), values(properties('a=1\nb=2\n')));
  });

  it('does not take the end of a line for a part of a value', () => {
    assert.deepEqual(values(properties('a=1\r\nb=2\r\n')), values(properties('a=1\nb=2\n')));
    assert.deepEqual(values(properties('a=1\nb=2')), values(properties('a=1\nb=2\n')));
  });

  it('passes over a byte order mark', () => {
    assert.deepEqual(names(properties('\uFEFFa=1\nb=2\n')), ['a', 'b']);
  });

  it('reads a colon between name and value as Java does', () => {
    assert.deepEqual(names(properties('a: 1\nb:2\n')), ['a', 'b']);
  });

  it('reads entries called like members of any JavaScript object', () => {
    assert.deepEqual(names(properties('__proto__=1\nconstructor=2\n')), [
      '__proto__',
      'constructor',
    ]);
  });
});
