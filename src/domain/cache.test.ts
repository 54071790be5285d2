import assert from 'node:assert/strict';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { chance } from '../../test/fakes/chance.ts';
import {
  annotationBytes,
  isCache,
  isChurn,
  isMemoization,
  isShown,
  matchesPattern,
  problemOfKey,
  problemOfName,
  valueBytes,
} from './cache.ts';

const DEFAULT_PATTERNS = ['*cache*'];
const named = (name: string, other = {}) => cacheWith({}, { ref: { ...REF, name }, ...other });
const MEMOIZATION = { 'workflows.argoproj.io/configmap-type': 'Cache' };

describe('A ConfigMap is a cache', () => {
  const yes = [
    ['by the label', named('prices', { labels: { 'cache-configmaps.dev/cache': 'true' } })],
    ['by its name', named('workflow-cache')],
    [
      'by a bound source',
      named('prices', {
        annotations: { 'source.cache-configmaps.dev/a.json': 'https://example.com/a.json' },
      }),
    ],
    [
      'by any other annotation of ours',
      named('prices', { annotations: { 'max-age.cache-configmaps.dev/a.json': '24h' } }),
    ],
    ['as a memoization map', named('whalesay', { labels: MEMOIZATION })],
  ] as const;
  for (const [name, summary] of yes) {
    it(name, () => {
      assert.equal(isCache(summary, DEFAULT_PATTERNS), true);
      assert.equal(isShown(summary, { namePatterns: DEFAULT_PATTERNS, showAll: false }), true);
    });
  }

  const no = [
    ['with none of these', named('prices')],
    [
      'with the label set to false',
      named('prices', { labels: { 'cache-configmaps.dev/cache': 'false' } }),
    ],
    [
      'with the annotations of others',
      named('prices', { annotations: { 'example.com/cache': 'x' } }),
    ],
    ['with the word in another place than its name', named('prices', { labels: { app: 'cache' } })],
  ] as const;
  for (const [name, summary] of no) {
    it(`not ${name}, and is then shown only among all`, () => {
      assert.equal(isCache(summary, DEFAULT_PATTERNS), false);
      assert.equal(isShown(summary, { namePatterns: DEFAULT_PATTERNS, showAll: false }), false);
      assert.equal(isShown(summary, { namePatterns: DEFAULT_PATTERNS, showAll: true }), true);
    });
  }

  it('by its name only if a pattern says so', () => {
    assert.equal(isCache(named('workflow-cache'), []), false);
    assert.equal(isCache(named('prices'), ['x*', 'prices']), true);
  });

  for (const name of ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert']) {
    it(`but ${name} is never shown`, () => {
      const root = named(name, { labels: { 'cache-configmaps.dev/cache': 'true' } });
      assert.equal(isShown(root, { namePatterns: ['*'], showAll: true }), false);
    });
  }
});

describe('A memoization map', () => {
  it('is known by the label of Argo with its exact value', () => {
    assert.equal(isMemoization({ labels: MEMOIZATION }), true);
    assert.equal(isMemoization({ labels: {} }), false);
    assert.equal(
      isMemoization({ labels: { 'workflows.argoproj.io/configmap-type': 'Parameter' } }),
      false,
    );
  });

  const hit = { uid: 'one', labels: MEMOIZATION, keys: ['step-1'] };
  for (const [what, before, after, expected] of [
    ['a hit of an entry is churn', hit, { ...hit, resourceVersion: '2' }, true],
    ['a new entry is none', hit, { ...hit, keys: ['step-1', 'step-2'] }, false],
    ['a label is none', hit, { ...hit, labels: { ...MEMOIZATION, team: 'a' } }, false],
    ['another map of that name is none', hit, { ...hit, uid: 'other' }, false],
    ['keys that nobody tells are none', { ...hit, keys: [] }, { ...hit, keys: [] }, false],
    ['a change of another map is none', { ...hit, labels: {} }, { ...hit, labels: {} }, false],
  ] as const) {
    it(`changes without a word where only values change: ${what}`, () => {
      assert.equal(isChurn(cacheWith({}, before), cacheWith({}, after)), expected);
    });
  }
});

describe('A pattern of names', () => {
  const table = [
    ['*cache*', 'cache', true],
    ['*cache*', 'my-cache-2', true],
    ['*cache*', 'cach', false],
    ['cache', 'cache', true],
    ['cache', 'my-cache', false],
    ['cache-?', 'cache-1', true],
    ['cache-?', 'cache-12', false],
    ['cache-?', 'cache-', false],
    ['*', 'anything.at-all', true],
    ['', 'cache', false],
    ['a.b', 'a.b', true],
    ['a.b', 'axb', false],
    ['a+', 'aa', false],
    ['[ab]', 'a', false],
    ['(', 'a', false],
    ['a|b', 'a', false],
    ['^a$', 'a', false],
    ['\\w', 'a', false],
    ['*.json', 'a.json', true],
    ['*.json', 'ajson', false],
  ] as const;
  for (const [pattern, name, expected] of table) {
    it(`"${pattern}" ${expected ? 'describes' : 'does not describe'} ${name}`, () => {
      assert.equal(matchesPattern(name, pattern), expected);
    });
  }

  it('with many stars has its answer even for a name that it almost describes', () => {
    assert.equal(matchesPattern('a'.repeat(250), `${'*a'.repeat(40)}*b`), false);
    assert.equal(matchesPattern(`${'a'.repeat(250)}b`, `${'*a'.repeat(40)}*b`), true);
  });
});

describe('The bytes of all values', () => {
  it('are counted in UTF-8, not in characters, and binary ones as they are', () => {
    const { values } = cacheWith({
      'a-long-name-that-does-not-count': 'ab',
      two: 'ü',
      three: '漢',
      four: '🙂',
      zero: '',
      binary: new Uint8Array(10).fill(0xff),
    });
    assert.equal(valueBytes(values), 2 + 2 + 3 + 4 + 0 + 10);
    assert.equal(valueBytes(new Map([['a', { kind: 'text', bytes: utf8('a\r\n') }]])), 3);
    assert.equal(valueBytes(new Map()), 0);
  });
});

describe('The bytes of all annotations', () => {
  // `ValidateAnnotationsSize` adds the bytes of each name to those of its value.
  const table = [
    [{}, 0],
    [{ 'example.com/owner': 'team-b' }, 17 + 6],
    [{ a: '', b: '' }, 2],
    [{ a: 'ü漢🙂' }, 1 + 2 + 3 + 4],
    [{ ['x'.repeat(63)]: 'y'.repeat(262_144 - 63) }, 262_144],
  ] as const;
  for (const [annotations, bytes] of table) {
    it(`are ${bytes} of ${Object.keys(annotations).length}`, () => {
      assert.equal(annotationBytes(annotations), bytes);
    });
  }
});

describe('The name of a key', () => {
  const good = [
    'a',
    'A',
    '0',
    'a.json',
    '.env',
    '_x',
    '-',
    '-.-',
    'a..b',
    'a.',
    'a..',
    '__proto__',
    'x'.repeat(253),
  ];
  for (const key of good) {
    it(`may be ${key.slice(0, 20)} of ${key.length}`, () => {
      assert.equal(problemOfKey(key), undefined);
    });
  }
  const bad = [
    '',
    '.',
    '..',
    '..a',
    '...',
    'a b',
    'a/b',
    'a\\b',
    'ä.json',
    'a:b',
    'a\n',
    'a=b',
    '漢',
    'x'.repeat(254),
  ];
  for (const key of bad) {
    it(`may not be ${JSON.stringify(key).slice(0, 20)} of ${key.length}`, () => {
      assert.notEqual(problemOfKey(key) ?? '', '');
    });
  }
});

describe('The words for a name that is not allowed', () => {
  const table = [
    [problemOfKey, '', /needs a name/],
    [problemOfKey, 'x'.repeat(254), /253/],
    [problemOfKey, 'a b', /letters, digits, dashes, underscores and dots/],
    [problemOfKey, '.', /not "\."/],
    [problemOfKey, '..data', /begin with "\.\."/],
    [problemOfName, 'x'.repeat(254), /253/],
    [problemOfName, 'a_b', /lower-case letters, digits, dashes and dots/],
    [problemOfName, '', /lower-case letters, digits, dashes and dots/],
  ] as const;
  for (const [problem, name, words] of table) {
    it(`name the rule: ${JSON.stringify(name).slice(0, 20)}, ${words.source}`, () => {
      assert.match(problem(name) ?? '', words);
    });
  }
});

describe('Names, against the rules of apimachinery', () => {
  /** `IsConfigMapKey`. */
  const isKey = (key: string) =>
    key.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && !key.startsWith('..');
  /** `IsDNS1123Subdomain`, one label after the other. */
  const isName = (name: string) =>
    name.length <= 253 &&
    name.split('.').every((label) => /^[a-z0-9-]+$/.test(label) && !/^-|-$/.test(label));

  it('are allowed and refused alike, for any short text of their signs', () => {
    const next = chance(5);
    const signs = ['a', 'Z', '0', '-', '.', '_', '/', '\n'];
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: next(6) }, () => signs[next(signs.length)]).join('');
      assert.equal(problemOfKey(text) === undefined, isKey(text), JSON.stringify(text));
      assert.equal(problemOfName(text) === undefined, isName(text), JSON.stringify(text));
    }
  });
});

describe('The name of a ConfigMap', () => {
  const good = [
    'a',
    '0',
    'workflow-cache',
    'kube-root-ca.crt',
    'a.b.c',
    'a--b',
    '1.2',
    'x'.repeat(253),
  ];
  for (const name of good) {
    it(`may be ${name.slice(0, 20)} of ${name.length}`, () => {
      assert.equal(problemOfName(name), undefined);
    });
  }
  const bad = [
    '',
    'A',
    'a_b',
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'a.-b',
    'a-.b',
    'a b',
    'a/b',
    'ä',
    'a\n',
    'x'.repeat(254),
  ];
  for (const name of bad) {
    it(`may not be ${JSON.stringify(name).slice(0, 20)} of ${name.length}`, () => {
      assert.notEqual(problemOfName(name) ?? '', '');
    });
  }
});
