import assert from 'node:assert/strict';
import {
  CACHE_LABEL,
  factAnnotation,
  factAnnotations,
  factsOf,
  etagAnnotation,
  isFactAnnotation,
  restartedAnnotation,
  type KeyFacts,
} from './facts.ts';

const FACTS = [
  ['source', 'source.cache-configmaps.dev'],
  ['refreshed', 'refreshed.cache-configmaps.dev'],
  ['sha256', 'sha256.cache-configmaps.dev'],
  ['maxAge', 'max-age.cache-configmaps.dev'],
] as const;

const PLAIN = ['a', 'mappings.json', 'Repo_to-namespace.v2', '0', 'x'.repeat(63), 'k-not-a-hash'];
const AWKWARD = [
  '.env',
  '_x',
  '-x',
  'x_',
  'x.',
  'x-',
  '_',
  '-',
  '.a.',
  'x'.repeat(64),
  'y'.repeat(64),
  `${'x'.repeat(199)}y`,
  `${'x'.repeat(199)}z`,
  'x'.repeat(253),
  '__proto__',
];

/** `IsQualifiedName` of apimachinery with a prefix that is a DNS subdomain. */
function isQualifiedName(annotation: string): boolean {
  const [prefix = '', name = '', ...more] = annotation.split('/');
  return (
    more.length === 0 &&
    prefix.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(prefix) &&
    name.length <= 63 &&
    /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)
  );
}

/** FNV-1a of 64 bits, with the multiplication written as shifts, as its authors also give it. */
function fnv(text: string): string {
  let hash = 14695981039346656037n;
  for (const byte of Buffer.from(text)) {
    hash ^= BigInt(byte);
    hash += [1n, 4n, 5n, 7n, 8n, 40n].reduce((sum, shift) => sum + (hash << shift), 0n);
    hash %= 2n ** 64n;
  }
  return hash.toString(16).padStart(16, '0');
}

describe('The annotations of a key', () => {
  for (const [fact, prefix] of FACTS) {
    for (const key of PLAIN) {
      it(`hold ${fact} of ${key.slice(0, 20)} under ${prefix} and the key itself`, () => {
        assert.equal(factAnnotation(fact, key), `${prefix}/${key}`);
      });
    }
  }

  for (const key of [...PLAIN, ...AWKWARD]) {
    it(`have names that Kubernetes takes for ${key.slice(0, 20)} of ${key.length}`, () => {
      for (const [fact] of FACTS) {
        assert.ok(isQualifiedName(factAnnotation(fact, key)), factAnnotation(fact, key));
      }
    });
  }

  it('are different ones for different keys and facts', () => {
    const names = [...PLAIN, ...AWKWARD].flatMap((key) =>
      FACTS.map(([fact]) => factAnnotation(fact, key)),
    );
    assert.equal(new Set(names).size, names.length);
  });

  it('name an awkward key by k- and its FNV-1a hash, which other tools can compute as well', () => {
    assert.equal(fnv('foobar'), '85944171f73967e8', 'the published test vector');
    for (const key of AWKWARD) {
      assert.equal(factAnnotation('sha256', key), `sha256.cache-configmaps.dev/k-${fnv(key)}`);
    }
  });
});

describe('The facts of a key', () => {
  const facts: KeyFacts = {
    source: 'https://example.com/a.json',
    refreshed: '2026-11-23T10:00:00Z',
    sha256: 'f'.repeat(64),
    maxAge: '24h',
  };

  for (const key of ['mappings.json', '.env', 'x'.repeat(200), 'constructor', '__proto__']) {
    it(`of ${key.slice(0, 20)} are read from the annotations they were written to`, () => {
      assert.deepEqual(factsOf(factAnnotations(key, facts), key), facts);
    });
  }

  it('are those of this key and not of another', () => {
    const annotations = {
      ...factAnnotations('a', { source: 'file:a' }),
      ...factAnnotations('b', { source: 'file:b', maxAge: '1h' }),
      'example.com/owner': 'team-b',
    };
    assert.deepEqual(factsOf(annotations, 'a'), { source: 'file:a' });
    assert.deepEqual(factsOf(annotations, 'b'), { source: 'file:b', maxAge: '1h' });
    assert.deepEqual(factsOf(annotations, 'c'), {});
  });

  it('write no annotation for what is not known', () => {
    assert.deepEqual(factAnnotations('a', { maxAge: '1h' }), {
      'max-age.cache-configmaps.dev/a': '1h',
    });
    assert.deepEqual(factAnnotations('a', {}), {});
  });
});

describe('An annotation of ours', () => {
  for (const [fact, prefix] of FACTS) {
    it(`is known by its prefix ${prefix}`, () => {
      assert.equal(isFactAnnotation(factAnnotation(fact, 'a.json')), true);
      assert.equal(isFactAnnotation(factAnnotation(fact, '.env')), true);
    });
  }

  it('is known where only a job uses it', () => {
    assert.equal(isFactAnnotation(etagAnnotation('a.json')), true);
    assert.equal(isFactAnnotation(restartedAnnotation('.env')), true);
  });

  const others = [
    CACHE_LABEL,
    'kubectl.kubernetes.io/last-applied-configuration',
    'source.cache-configmaps.dev.example.com/a',
    'my-source.cache-configmaps.dev/a',
    'source.cache-configmaps.dev',
    'source',
    '',
  ];
  for (const name of others) {
    it(`is not ${name === '' ? 'one without a name' : name}`, () => {
      assert.equal(isFactAnnotation(name), false);
    });
  }

  it('differs from the label that the product names', () => {
    assert.equal(CACHE_LABEL, 'cache-configmaps.dev/cache');
  });
});
