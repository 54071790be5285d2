import assert from 'node:assert/strict';
import { REF } from '../../test/fakes/caches.ts';
import { fileName, keyId, printSource, problemOfUrl } from './source.ts';

describe('A source as it is written into the cluster', () => {
  const urls = [
    ['https://example.com/a.json', 'https://example.com/a.json'],
    ['https://user:secret@example.com/a.json', 'https://example.com/a.json'],
    ['https://token@example.com/a.json', 'https://example.com/a.json'],
    ['https://example.com/a.json?sig=secret&x=1', 'https://example.com/a.json'],
    ['https://example.com/a.json#secret', 'https://example.com/a.json'],
    [
      'https://u:secret@example.com:8443/x/a.json?secret#secret',
      'https://example.com:8443/x/a.json',
    ],
    ['http://[::1]:8080/a', 'http://[::1]:8080/a'],
    ['https://example.com', 'https://example.com/'],
    ['https://example.com/a%20b.json', 'https://example.com/a%20b.json'],
  ] as const;
  for (const [url, text] of urls) {
    it(`is ${text} for ${url}`, () => {
      assert.equal(printSource({ kind: 'url', url }), text);
    });
  }

  const files = [
    ['file:///home/anna/work/mappings.json', 'file:mappings.json'],
    ['file:///c%3A/Users/anna/mappings.json', 'file:mappings.json'],
    ['vscode-remote://ssh-remote%2Bbox/srv/mappings.json', 'file:mappings.json'],
    ['file:///tmp/my%20map%23.json', 'file:my map#.json'],
    ['file:///tmp/%E6%BC%A2.json', 'file:漢.json'],
  ] as const;
  for (const [uri, text] of files) {
    it(`is ${text} for ${uri}, without its folder`, () => {
      assert.equal(printSource({ kind: 'file', uri }), text);
    });
  }
});

describe('The name of a file', () => {
  const names = [
    ['file:///srv/data/prices.yaml', 'prices.yaml'],
    ['file:///prices.yaml', 'prices.yaml'],
    ['file:///srv/.env', '.env'],
    ['file:///srv/100%.txt', '100%.txt'],
    ['memfs:/x/y.json?version=2#part', 'y.json'],
  ] as const;
  for (const [uri, name] of names) {
    it(`is ${name} for ${uri}`, () => {
      assert.equal(fileName(uri), name);
    });
  }
});

describe('A URL that somebody types', () => {
  for (const url of [
    'https://example.com/mappings.json',
    'http://localhost:8080/x',
    'https://user:pass@example.com/x?y=z',
    'HTTPS://EXAMPLE.COM/X',
    'http://[::1]/x',
  ]) {
    it(`can be fetched: ${url}`, () => {
      assert.equal(problemOfUrl(url), undefined);
    });
  }

  for (const url of [
    '',
    ' ',
    'example.com/mappings.json',
    '/mappings.json',
    'mappings',
    'https://',
    'http://exa mple.com/',
    'https://example.com:99999/',
    'ftp://example.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'localhost:8080/x',
    'data:application/json,{}',
  ]) {
    it(`has something wrong with it: "${url}"`, () => {
      assert.match(problemOfUrl(url) ?? '', /^[A-Z].+\.$/);
    });
  }
});

describe('The id of a key', () => {
  it('is one per context, namespace, name and key', () => {
    const ids = [
      keyId(REF, 'a'),
      keyId(REF, 'b'),
      keyId({ ...REF, context: 'other' }, 'a'),
      keyId({ ...REF, namespace: 'other' }, 'a'),
      keyId({ ...REF, name: 'other' }, 'a'),
      keyId({ context: 'x","y', namespace: 'z', name: 'n' }, 'a'),
      keyId({ context: 'x', namespace: 'y","z', name: 'n' }, 'a'),
    ];
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(keyId(REF, 'a'), keyId({ ...REF }, 'a'));
  });
});
