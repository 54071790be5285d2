import assert from 'node:assert/strict';
import { utf8 } from '../../../test/fakes/caches.ts';
import { formatOf, languageOf, looksLikeHtml, sameValue, valueOf } from './content.ts';

const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);

describe('A value', () => {
  const table = [
    ['text for UTF-8', utf8('ü漢🙂\r\n'), 'text'],
    ['text for nothing at all', new Uint8Array(), 'text'],
    ['text with a byte order mark', utf8('\uFEFF{}'), 'text'],
    ['binary for gzip', GZIP, 'binary'],
    ['binary for Latin-1', Uint8Array.from([0x63, 0xe9]), 'binary'],
    ['binary for UTF-16', Uint8Array.from([0xff, 0xfe, 0x7b, 0x00]), 'binary'],
  ] as const;
  for (const [name, bytes, kind] of table) {
    it(`is ${name}, and keeps its bytes`, () => {
      assert.equal(valueOf(bytes).kind, kind);
      assert.deepEqual(valueOf(bytes).bytes, bytes);
    });
  }

  it('is the same as one with the same bytes, kept the same way', () => {
    assert.equal(sameValue(valueOf(utf8('a\n')), valueOf(utf8('a\n'))), true);
    assert.equal(sameValue(valueOf(GZIP), valueOf(Uint8Array.from(GZIP))), true);
    assert.equal(sameValue(undefined, undefined), true);
  });

  const others = [
    ['without the final newline', valueOf(utf8('a\n')), valueOf(utf8('a'))],
    ['with CRLF for LF', valueOf(utf8('a\nb')), valueOf(utf8('a\r\nb'))],
    ['with a byte order mark', valueOf(utf8('a')), valueOf(utf8('\uFEFFa'))],
    [
      'with the same character composed another way',
      valueOf(utf8('\u00e9')),
      valueOf(utf8('e\u0301')),
    ],
    ['with one other byte', valueOf(utf8('abc')), valueOf(utf8('abd'))],
    ['that begins the same', valueOf(utf8('abc')), valueOf(utf8('abcd'))],
    ['that is not there', valueOf(utf8('')), undefined],
    ['kept as binary', valueOf(utf8('a')), { kind: 'binary', bytes: utf8('a') }],
  ] as const;
  for (const [name, one, other] of others) {
    it(`is another than one ${name}`, () => {
      assert.equal(sameValue(one, other), false);
      assert.equal(sameValue(other, one), false);
    });
  }
});

describe('The format of a key', () => {
  const table = [
    ['mappings.json', '{}', 'JSON'],
    ['MAPPINGS.JSON', '{}', 'JSON'],
    ['mappings.json', 'not JSON at all', 'JSON'],
    ['mappings.json', GZIP, 'JSON'],
    ['prices.v2.json', '{}', 'JSON'],
    ['prices.yaml', 'a: 1', 'YAML'],
    ['prices.yml', 'a: 1', 'YAML'],
    ['prices.YAML', 'a: 1', 'YAML'],
    ['app.properties', 'a=1', 'properties'],
    ['.env', 'a=1', 'properties'],
    ['prod.env', 'a=1', 'properties'],
    ['repo-to-namespace', 'org/app=team-a\norg/web=team-b\n', 'properties'],
    ['repo-to-namespace', '# who owns what\n\n! or so\norg/app = team-a\r\n', 'properties'],
    ['repo-to-namespace', 'org/app=team-a\nand some words\n', 'text'],
    ['motd', 'Hello, a = b is what we say.', 'text'],
    ['motd', '', 'text'],
    ['motd', '# only a comment\n', 'text'],
    ['page.html', '<!doctype html><a href="x">', 'text'],
    ['page.html', '<a href="x">=</a>', 'text'],
    ['table.csv', 'a,b\n1,2\n', 'text'],
    ['json', 'words', 'text'],
    ['mappings.json.gz', GZIP, 'binary'],
    ['logo', GZIP, 'binary'],
    ['logo.png', GZIP, 'binary'],
  ] as const;
  for (const [key, content, format] of table) {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    it(`${key} with ${typeof content === 'string' ? JSON.stringify(content) : 'gzip'}: ${format}`, () => {
      assert.equal(formatOf(key, bytes), format);
    });
  }
});

describe('The language of a key whose name has no ending', () => {
  const table = [
    ['mappings', '{"a": 1}', 'json'],
    ['mappings', ' \n[1, 2]\n', 'json'],
    ['mappings', '\uFEFF{}', 'json'],
    ['mappings', '{"a": ', undefined],
    ['mappings', '"only words"', undefined],
    ['mappings', '[section]\nwords', undefined],
    ['settings', 'a: 1\nb: 2\n', 'yaml'],
    ['settings', 'a-b.c:\n  - 1\n', 'yaml'],
    ['settings', '---\na: 1\n', 'yaml'],
    ['settings', '--- # of the team\na: 1\n', 'yaml'],
    ['settings', '---', 'yaml'],
    ['settings', '%YAML 1.2\n---\na: 1\n', 'yaml'],
    ['settings', 'https://example.com/a', undefined],
    ['settings', 'a:b', undefined],
    ['ca', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', undefined],
    ['motd', '----\nHello\n----\n', undefined],
    ['env', 'a=1\nb=2\n', 'properties'],
    ['env', '# of the team\na=1\n', 'properties'],
    ['motd', 'Hello', undefined],
    ['motd', '', undefined],
    ['logo', GZIP, undefined],
    ['.env', 'a=1\n', 'properties'],
    ['.env', '# nothing yet\n', 'properties'],
    ['.config', '{"a": 1}', 'json'],
  ] as const;
  for (const [key, content, language] of table) {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    it(`is ${language ?? 'not told'} for ${key}: ${JSON.stringify(content).slice(0, 40)}`, () => {
      assert.equal(languageOf(key, bytes), language);
    });
  }

  for (const key of ['a.json', 'a.txt', 'notes.md', 'b.a.unknown']) {
    it(`is left to the editor for ${key}, which has one`, () => {
      for (const text of ['{"a": 1}', 'a: 1\n', 'a=1\n']) {
        assert.equal(languageOf(key, utf8(text)), undefined);
      }
    });
  }
});

describe('An HTML page', () => {
  const pages = [
    '<!doctype html><html></html>',
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<HTML>',
    '<!Doctype\n  html>',
    '<html><head><title>502 Bad Gateway</title></head>',
    '<HTML lang="en">',
    '<head><meta charset="utf-8"></head>',
    '<body>login</body>',
    '\n\n  \t<html>',
    '\r\n<html>',
    '\uFEFF<!doctype html>',
    '\uFEFF \n<html>',
    '<!-- served by proxy-7 -->\n<html>',
    '<!-- one --><!--\ntwo\n--> <!doctype html>',
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">',
    '<title>Not found</title>',
    '<h1>Forbidden</h1>',
    '<script>location = "/login"</script>',
  ];
  for (const page of pages) {
    it(`is seen in ${JSON.stringify(page)}`, () => {
      assert.equal(looksLikeHtml(utf8(page)), true);
    });
  }

  it('is seen though it has bytes that are not UTF-8', () => {
    const latin1 = Buffer.from('<html><title>Accès refusé</title></html>', 'latin1');
    assert.equal(looksLikeHtml(new Uint8Array(latin1)), true);
  });

  const data = [
    '',
    '{"page":"<html></html>"}',
    '["<!doctype html>"]',
    'page: <html>',
    'page=<html>',
    '<htmlish>',
    '<header>of our own XML</header>',
    '<bodyguards/>',
    '<?xml version="1.0"?><prices><a/></prices>',
    '<!DOCTYPE prices SYSTEM "prices.dtd">',
    '<!-- only a comment -->',
    'html',
    '< html>',
    '<!---->'.repeat(146),
    `# a long text\n${'x'.repeat(2000)}\n<html>`,
  ];
  for (const text of data) {
    it(`is not seen in ${JSON.stringify(text).slice(0, 60)}`, () => {
      assert.equal(looksLikeHtml(utf8(text)), false);
    });
  }
});
