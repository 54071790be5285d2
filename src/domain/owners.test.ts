import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../test/fakes/caches.ts';
import type { CacheContent } from './cache.ts';
import { factAnnotations } from './facts.ts';
import {
  lastWriter,
  lastWriterSentence,
  needsConsent,
  ownersOf,
  ownerSentence,
  type Owner,
} from './owners.ts';

const REFRESHED = '2026-11-24T02:00:00Z';
const LATER = '2026-11-24T02:00:01Z';
const EARLIER = '2026-11-24T01:59:59Z';

const cache = (more: Partial<CacheContent>): CacheContent => cacheWith({ a: '1', b: '2' }, more);
const writer = (manager: string, time: string, keys: readonly string[] = ['a']) => ({
  manager,
  time,
  keys,
});

describe('Who has a say in a cache', () => {
  // The marks are those that the tools' own documentation names.
  const table: readonly (readonly [string, Partial<CacheContent>, readonly Owner[]])[] = [
    ['nobody', {}, []],
    [
      'Argo CD by its annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:argo/workflow-cache' } },
      [{ kind: 'argoCd', application: 'shop' }],
    ],
    [
      'Argo CD by its label, where it writes',
      {
        labels: { 'app.kubernetes.io/instance': 'shop' },
        writers: [writer('argocd-controller', EARLIER)],
      },
      [{ kind: 'argoCd', application: 'shop' }],
    ],
    [
      'not Argo CD by a label that others use, too',
      { labels: { 'app.kubernetes.io/instance': 'shop' } },
      [],
    ],
    [
      'a Flux Kustomization',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      [{ kind: 'flux', object: 'Kustomization', name: 'apps' }],
    ],
    [
      'a Flux HelmRelease, and not Helm beside it',
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'shop' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
      },
      [{ kind: 'flux', object: 'HelmRelease', name: 'shop' }],
    ],
    [
      'Helm',
      { annotations: { 'meta.helm.sh/release-name': 'shop' } },
      [{ kind: 'helm', release: 'shop' }],
    ],
    [
      'kustomize, by the hash in the name',
      { ref: { ...REF, name: 'lookup-cache-6ct58987ht' } },
      [{ kind: 'hashedName' }],
    ],
    ['not kustomize, by a word of ten letters', { ref: { ...REF, name: 'lookup-production' } }, []],
    [
      'an owner',
      { owners: [{ apiVersion: 'example.com/v1', kind: 'Shop', name: 'main', uid: 'one' }] },
      [{ kind: 'object', owner: { kind: 'Shop', name: 'main' } }],
    ],
  ];
  for (const [what, more, owners] of table) {
    it(`is ${what}`, () => {
      assert.deepEqual(ownersOf(cache(more), ['a']), owners);
    });
  }

  it('is who wrote one of the keys after our last refresh of it', () => {
    const annotations = factAnnotations('a', { refreshed: REFRESHED });
    const writers = [
      writer('kubectl-edit', LATER),
      writer('before', EARLIER),
      writer('cache-configmaps', REFRESHED),
      writer('of-another-key', LATER, ['b']),
    ];
    const found = ownersOf(cache({ annotations, writers }), ['a', 'b']);
    assert.deepEqual(found, [{ kind: 'writer', manager: 'kubectl-edit', key: 'a', time: LATER }]);
  });

  it('is found by the clock of the cluster, though ours was fast or slow', () => {
    const fast = factAnnotations('a', { refreshed: '2027-01-01T00:00:00Z' });
    for (const keys of [['a'], []]) {
      const writers = [writer('kubectl-edit', LATER), writer('cache-configmaps', REFRESHED, keys)];
      assert.equal(ownersOf(cache({ annotations: fast, writers }), ['a']).length, 1);
    }
    const slow = factAnnotations('a', { refreshed: '2020-01-01T00:00:00Z' });
    const writers = [writer('before', EARLIER), writer('cache-configmaps', REFRESHED)];
    assert.deepEqual(ownersOf(cache({ annotations: slow, writers }), ['a']), []);
  });

  it('is nobody for having written a key that we have never refreshed', () => {
    assert.deepEqual(ownersOf(cache({ writers: [writer('kubectl-edit', LATER)] }), ['a']), []);
  });

  it('must be faced by the person, but for who only wrote it once: that is in the difference', () => {
    assert.ok(table.flatMap(([, , each]) => each).every(needsConsent));
    assert.ok(!needsConsent({ kind: 'writer', manager: 'kubectl-edit', key: 'a', time: LATER }));
  });

  it('is named in a sentence', () => {
    const owners = table.flatMap(([, , each]) => each);
    const sentences = owners.map(ownerSentence);
    assert.ok(sentences.every((sentence) => /^[A-Z].*\.$/.test(sentence)));
    const late = ownerSentence({ kind: 'writer', manager: 'kubectl-edit', key: 'a', time: LATER });
    assert.ok(late.includes('kubectl-edit') && late.includes(LATER));
    assert.match(ownerSentence({ kind: 'argoCd', application: 'shop' }), /Argo CD.*shop/);
  });
});

describe('Who wrote a key last', () => {
  const writers = [
    writer('helm', LATER, ['b']),
    writer('kubectl', EARLIER, ['a', 'b']),
    writer('cache-configmaps', REFRESHED, ['a']),
    writer('controller', '2026-11-23T23:59:59Z', ['a', 'c']),
  ];
  const table = [
    ['a', 'cache-configmaps'],
    ['b', 'helm'],
    ['c', 'controller'],
    ['d', undefined],
  ] as const;
  for (const [key, manager] of table) {
    it(`is ${manager ?? 'not known'} for ${key}, in whatever order they stand`, () => {
      for (const order of [writers, writers.toReversed()]) {
        const given = cache({ writers: order });
        assert.equal(lastWriter(given, key)?.manager, manager);
        assert.deepEqual(given.writers, order, 'they stay as they were');
      }
    });
  }

  it('is said with the time', () => {
    const said = lastWriterSentence(cache({ writers }), 'b');
    assert.equal(said, `helm wrote it last, at ${LATER}.`);
  });

  it('is not known where managedFields tell nothing', () => {
    assert.equal(lastWriter(cache({}), 'a'), undefined);
    assert.equal(lastWriterSentence(cache({}), 'a'), undefined);
  });
});
