import assert from 'node:assert/strict';
import { JsonReader } from './json.ts';
import { keysOf, roleOfInit, usesOfEphemeral, usesOfPod } from './podUses.ts';
import type { Use } from './use.ts';

const VOLUME = { name: 'v', configMap: { name: 'cache' } };

/** What a pod reads whose container `app` mounts the volume `v` in that way. */
function mounted(mount: object, volume: object = VOLUME): readonly Use[] {
  const container = { name: 'app', volumeMounts: [{ name: 'v', mountPath: '/cache', ...mount }] };
  return usesOfPod({ volumes: [volume], containers: [container] }, new JsonReader());
}

const inEnvironment = (container: object) =>
  usesOfPod({ containers: [{ name: 'app', ...container }] }, new JsonReader());

describe('A pod reads', () => {
  it('a volume where a container mounts it, and all keys of it', () => {
    assert.deepEqual(mounted({}), [
      { maps: ['cache'], way: 'volume', place: 'app', role: 'container', mountPath: '/cache' },
    ]);
  });

  it('nothing of a volume that no container mounts, or that holds no ConfigMap', () => {
    const other = { name: 'v', secret: { secretName: 'cache' }, emptyDir: {} };
    assert.deepEqual(mounted({ name: 'other' }), []);
    assert.deepEqual(mounted({}, other), []);
    assert.deepEqual(mounted({}, { name: 'v', configMap: { name: '' } }), []);
    assert.deepEqual(usesOfPod({ volumes: [VOLUME] }, new JsonReader()), []);
  });

  it('every ConfigMap of a projected volume, and not what else is in it', () => {
    const sources = [
      { configMap: { name: 'one' } },
      { secret: { name: 'two' } },
      { configMap: { name: 'three', items: [{ key: 'a', path: 'b' }] } },
    ];
    const uses = mounted({}, { name: 'v', projected: { sources } });
    assert.deepEqual(
      uses.map(({ way, maps, keys }) => [way, maps, keys]),
      [
        ['projected', ['one'], undefined],
        ['projected', ['three'], ['a']],
      ],
    );
  });

  it('by a container of any sort: one that is always restarted is no mere start', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/cache' }];
    const pod = {
      volumes: [VOLUME],
      initContainers: [
        { name: 'first', volumeMounts },
        { name: 'sidecar', restartPolicy: 'Always', volumeMounts },
      ],
      containers: [{ name: 'app', volumeMounts }],
    };
    assert.deepEqual(
      usesOfPod(pod, new JsonReader()).map(({ place, role }) => [place, role]),
      [
        ['first', 'init'],
        ['sidecar', 'container'],
        ['app', 'container'],
      ],
    );
    assert.equal(roleOfInit({ restartPolicy: 'OnFailure' }), 'init');
  });

  it('by an ephemeral container from when that began, and until it ends', () => {
    const containers = ['waiting', 'running', 'ended'].map((name) => ({
      ...{ name, volumeMounts: [{ name: 'v', mountPath: '/cache' }] },
    }));
    const startedAt = '2026-11-24T02:00:00Z';
    const ephemeralContainerStatuses = [
      { name: 'running', state: { running: { startedAt } } },
      { name: 'ended', state: { terminated: { startedAt } } },
      'strange',
    ];
    const spec = { volumes: [VOLUME], ephemeralContainers: containers };
    const json = new JsonReader();
    assert.deepEqual(
      usesOfEphemeral(spec, { ephemeralContainerStatuses }, json).map(
        ({ place, role, started }) => [place, role, started],
      ),
      [
        ['waiting', 'ephemeral', undefined],
        ['running', 'ephemeral', Date.parse(startedAt)],
      ],
    );
    assert.deepEqual(usesOfEphemeral({ volumes: [VOLUME] }, {}, json), []);
    assert.deepEqual(json.strange, []);
  });

  it('variables, of one key or of all', () => {
    const uses = inEnvironment({
      envFrom: [{ configMapRef: { name: 'all' } }, { secretRef: { name: 'no' } }],
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'one', key: 'a' } } },
        { name: 'B', value: 'cache' },
        { name: 'C', valueFrom: { secretKeyRef: { name: 'no', key: 'c' } } },
        { name: 'D', valueFrom: { configMapKeyRef: { name: '', key: 'd' } } },
      ],
    });
    assert.deepEqual(uses, [
      { maps: ['all'], way: 'envFrom', place: 'app', role: 'container' },
      {
        maps: ['one'],
        way: 'env',
        place: 'app',
        role: 'container',
        keys: ['a'],
        requiredKeys: ['a'],
      },
    ]);
  });

  it('what it cannot do without: keys that are named, unless they may be absent', () => {
    const ref = (more: object) => ({ valueFrom: { configMapKeyRef: { name: 'one', ...more } } });
    const env = [ref({ key: 'a' }), ref({ key: 'a', optional: true }), ref({ key: '{{x}}' })];
    assert.deepEqual(
      inEnvironment({ env, envFrom: [{ configMapRef: { name: 'one' } }] }).map(
        ({ requiredKeys }) => requiredKeys,
      ),
      [undefined, ['a'], undefined, undefined],
    );
    const items = [
      { key: 'a', path: 'a' },
      { key: 'b', path: 'b' },
      { key: 'x-{{y}}', path: 'c' },
    ];
    const required = (configMap: object, mount: object = {}) =>
      mounted(mount, { name: 'v', configMap: { name: 'one', ...configMap } })[0]?.requiredKeys;
    assert.deepEqual(required({ items }), ['a', 'b']);
    assert.deepEqual(required({ items }, { subPath: 'a' }), ['a', 'b'], 'mounted or not');
    assert.equal(required({}), undefined, 'a whole volume has what there is');
    assert.equal(required({ items, optional: true }), undefined);
  });
});

describe('The keys that a mount shows', () => {
  const items = [
    { key: 'a', path: 'a.json' },
    { key: 'b', path: 'deep/b.json' },
    { key: 'c', path: 'deep/er/c.json' },
    { key: 'd', path: 'deeper' },
  ];
  const WITH_ITEMS = { name: 'v', configMap: { name: 'cache', items } };
  type Case = readonly [
    what: string,
    mount: object,
    volume: object,
    keys: readonly string[] | undefined,
  ];
  const table: readonly Case[] = [
    ['are those of its items', {}, WITH_ITEMS, ['a', 'b', 'c', 'd']],
    ['are the one that a part of it is', { subPath: 'a.json' }, VOLUME, ['a.json']],
    ['are the one whose file a part is', { subPath: 'a.json' }, WITH_ITEMS, ['a']],
    ['are those in the folder that a part is', { subPath: 'deep' }, WITH_ITEMS, ['b', 'c']],
    ['are those in it with a slash, too', { subPath: 'deep//' }, WITH_ITEMS, ['b', 'c']],
    ['are none where a part names no file', { subPath: 'a' }, WITH_ITEMS, []],
    ['are those in it as a path is cleaned', { subPath: './/deep/./' }, WITH_ITEMS, ['b', 'c']],
    [
      'are those whose paths are cleaned alike',
      { subPath: 'deep/b' },
      {
        name: 'v',
        configMap: {
          name: 'cache',
          items: [
            { key: 'a', path: './deep//b' },
            { key: 'b', path: 'deep/b/' },
            { key: 'c', path: 'b' },
          ],
        },
      },
      ['a', 'b'],
    ],
    [
      'are all of its items where the part is all of it',
      { subPath: './' },
      WITH_ITEMS,
      ['a', 'b', 'c', 'd'],
    ],
    ['are all where the part is all of it', { subPath: '.' }, VOLUME, undefined],
    [
      'are all of its items where the part depends on a variable',
      { subPathExpr: '$(POD_NAME)' },
      WITH_ITEMS,
      ['a', 'b', 'c', 'd'],
    ],
    ['are all where the part is a pattern', { subPath: '{{inputs.x}}.json' }, VOLUME, undefined],
    ['are the one of an expression without variables', { subPathExpr: 'k' }, VOLUME, ['k']],
    [
      'are all where a key of an item is a pattern',
      { subPath: 'a' },
      { name: 'v', configMap: { name: 'cache', items: [{ key: '{{x}}', path: 'a' }] } },
      undefined,
    ],
  ];
  for (const [what, mount, volume, keys] of table) {
    it(what, () => {
      const [use, ...more] = mounted(mount, volume);
      assert.deepEqual([use?.keys, more], [keys, []]);
    });
  }

  it('stand in a part of the volume that is never refreshed, however it is given', () => {
    assert.equal(mounted({ subPath: 'a' })[0]?.subPath, 'a');
    assert.equal(mounted({ subPathExpr: '$(A)' })[0]?.subPath, '$(A)');
    assert.equal(mounted({ subPath: '' })[0]?.subPath, undefined);
  });

  it('of a reference are the one that it names, and all where that is a pattern or absent', () => {
    const json = new JsonReader();
    assert.deepEqual(keysOf('a', json), ['a']);
    for (const key of ['', undefined, null, 'x-{{y}}']) assert.equal(keysOf(key, json), undefined);
    assert.deepEqual(json.strange, []);
    assert.equal(keysOf(4, json), undefined);
    assert.deepEqual(json.strange, [4]);
  });
});
