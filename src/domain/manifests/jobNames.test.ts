import assert from 'node:assert/strict';
import { eventRefreshName, labelValue, refreshJobName, refreshManager } from './jobNames.ts';

describe('names of refresh jobs', () => {
  const names: readonly (readonly [string, string, RegExp])[] = [
    ['workflow-cache', 'mappings.json', /^refresh-workflow-cache-mappings-json$/],
    ['some.cache', 'a', /^refresh-some-cache-a-[0-9a-f]{8}$/],
    ['workflow', 'cache.mappings.json', /^refresh-workflow-cache-mappings-json-[0-9a-f]{8}$/],
    ['workflow--cache', 'mappings.json', /^refresh-workflow-cache-mappings-json-[0-9a-f]{8}$/],
    ['cache', 'plain', /^refresh-cache-plain-[0-9a-f]{8}$/],
    ['cache', 'A.json', /^refresh-cache-a-json-[0-9a-f]{8}$/],
    ['cache', '.env', /^refresh-cache-env-[0-9a-f]{8}$/],
    ['cache', 'a_b-c', /^refresh-cache-a-b-c-[0-9a-f]{8}$/],
    ['cache', '_', /^refresh-cache-[0-9a-f]{8}$/],
    ['c'.repeat(253), 'k'.repeat(253), /^refresh-c{35}-[0-9a-f]{8}$/],
  ];
  for (const [cache, key, expected] of names) {
    it(`${cache.slice(0, 20)} and ${key.slice(0, 20)}`, () => {
      const name = refreshJobName(cache, key);
      assert.match(name, expected);
      assert.equal(refreshJobName(cache, key), name);
    });
  }

  it('D31: are DNS labels within 52 characters, and differ where keys do', () => {
    const keys = [
      'a.json',
      'A.json',
      'a_json',
      'a-json',
      '.a.json',
      'a..json',
      'a.json.',
      'long'.repeat(60),
    ];
    const all = keys.map((key) => refreshJobName('some-cache', key));
    assert.equal(new Set(all).size, keys.length);
    for (const name of all) assert.match(name, /^[a-z]([-a-z0-9]{0,50}[a-z0-9])$/);
  });

  it('of any two caches and keys differ, those of the accounts of their parts included', () => {
    const words = ['a', 'b', 'json', 'sensor', 'source', 'deadbeef'];
    const join = (signs: readonly string[], start: readonly string[]) =>
      start.flatMap((one) => signs.flatMap((sign) => words.map((word) => `${one}${sign}${word}`)));
    const [twoInCache, twoInKey] = [join(['-', '--', '.'], words), join(['.', '-', '_'], words)];
    const caches = [...words, ...twoInCache, ...join(['-'], twoInCache.slice(0, 18))];
    const keys = [
      ...words,
      ...twoInKey,
      ...join(['.'], twoInKey.slice(0, 18)),
      'a.',
      '.a',
      'A.json',
    ];
    const given = new Map<string, string>();
    const take = (name: string, of: string) => {
      assert.equal(given.get(name), undefined, `${name} of ${given.get(name) ?? ''} and ${of}`);
      given.set(name, of);
    };
    for (const cache of caches) {
      for (const key of keys) {
        take(refreshJobName(cache, key), `${cache}/${key}`);
        const name = eventRefreshName(cache, key);
        for (const end of ['', '-sensor', '-source'])
          take(`${name}${end}`, `${cache}/${key}${end}`);
      }
    }
    // The names of hashes as the caches and keys of others.
    const hashed = refreshJobName('a', 'b').slice('refresh-a-'.length).split('-');
    take(refreshJobName('a', hashed.join('.')), 'a hash as key');
  });

  it('of labels: what may be none is a hash', () => {
    assert.equal(labelValue('mappings.json'), 'mappings.json');
    assert.match(labelValue('.env'), /^k-[0-9a-f]{16}$/);
    assert.match(labelValue('x'.repeat(64)), /^k-[0-9a-f]{16}$/);
  });

  it('of field managers: each key has its own within 128 characters', () => {
    assert.equal(refreshManager('mappings.json'), 'cache-configmaps-refresh-mappings.json');
    const long = refreshManager('x'.repeat(253));
    assert.ok(long.length <= 128 && long !== refreshManager(`${'x'.repeat(252)}y`), long);
  });
});
