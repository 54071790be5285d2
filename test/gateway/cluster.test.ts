import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import type { CacheSummary } from '../../src/domain/cache.ts';
import type { Value } from '../../src/domain/content/content.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import type { FollowEvent } from '../../src/operations/ports.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { createUser } from '../cluster/users.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { failureOf } from '../failureOf.ts';
import { Picture, truthOf } from './picture.ts';

const text = (value: string): Value => ({ kind: 'text', bytes: new TextEncoder().encode(value) });
const ref = (name: string) => ({ context: 'demo', namespace: 'default', name });
const never = new AbortController().signal;

describe('a cluster', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    cluster = new KubernetesCluster(() => [plane.kubeconfig]);
  });
  after(async () => {
    cluster.reset();
    await plane.stop();
  });

  const apply = (object: object) =>
    plane.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(object) });
  const configMap = (name: string, fields: object, metadata: object = {}) =>
    apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...fields });
  const stored = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse(await plane.kubectl(['get', 'configmap', name, '-o', 'json'])) as Record<
      string,
      unknown
    >;

  it('gives a ConfigMap with the bytes that kubectl put in', async () => {
    const bytes = Buffer.from([0, 1, 255, 254, 10]).toString('base64');
    await configMap('bytes', {
      data: { crlf: 'a\r\nb', none: '', bom: '\uFEFFx' },
      binaryData: { bin: bytes },
    });
    const cache = await cluster.readCache(ref('bytes'), never);
    const read = Object.fromEntries(
      [...(cache?.values ?? [])].map(([key, value]) => [
        key,
        Buffer.from(value.bytes).toString('base64'),
      ]),
    );
    const base64 = (value: string) => Buffer.from(value).toString('base64');
    const expected = { crlf: base64('a\r\nb'), none: '', bom: base64('\uFEFFx'), bin: bytes };
    assert.deepEqual(read, expected);
  });

  it('says that a ConfigMap is not there by giving nothing', async () => {
    assert.equal(await cluster.readCache(ref('missing'), never), undefined);
  });

  it('changes the keys and annotations of a write and nothing else', async () => {
    await configMap(
      'others',
      { data: { a: '1', b: '2' }, binaryData: { c: 'AAA=' } },
      {
        labels: { keep: 'me' },
        annotations: { 'example.com/keep': 'me' },
        // Fields that are read nowhere here.
        finalizers: ['example.com/keep'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'some-uid' }],
      },
    );
    const before = await stored('others');
    const cache = await cluster.readCache(ref('others'), never);
    const write = {
      ref: ref('others'),
      values: new Map([['a', text('new')]]),
      removed: new Map(),
      annotations: { 'source.cache-configmaps.dev/a': 'file:a' },
    };
    const outcome = await cluster.changeKeys(write, cache?.resourceVersion ?? '', never);
    assert.equal(outcome.kind, 'written');
    const after = await stored('others');
    const metadata = before['metadata'] as Record<string, unknown>;
    const expected = {
      ...before,
      data: { a: 'new', b: '2' },
      metadata: {
        ...metadata,
        annotations: { 'example.com/keep': 'me', ...write.annotations },
        resourceVersion: (after['metadata'] as Record<string, unknown>)['resourceVersion'],
      },
    };
    assert.deepEqual(after, expected);
  });

  it('knows whom a ConfigMap belongs to, and who wrote which key when', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'some-uid' };
    await configMap('owned', { data: { a: '1', b: '2' } }, { ownerReferences: [owner] });
    const patch = [
      'patch',
      'configmap',
      'owned',
      '--field-manager=somebody',
      '-p',
      '{"data":{"b":"3"}}',
    ];
    await plane.kubectl(patch);
    const cache = await cluster.readCache(ref('owned'), never);
    assert.deepEqual(cache?.owners, [owner]);
    const writer = cache.writers.find(({ manager }) => manager === 'somebody');
    assert.deepEqual(writer?.keys, ['b']);
    const shown = await plane.kubectl([
      'get',
      'configmap',
      'owned',
      '--show-managed-fields',
      '-o',
      'jsonpath={.metadata.managedFields[?(@.manager=="somebody")].time}',
    ]);
    assert.equal(writer.time, shown);
  });

  it('moves a key between data and binaryData', async () => {
    await configMap('moving', { data: { a: 'text' } });
    const cache = await cluster.readCache(ref('moving'), never);
    const values = new Map([['a', { kind: 'binary' as const, bytes: Uint8Array.of(255) }]]);
    const write = {
      ref: ref('moving'),
      values,
      removed: new Map([['a', 'text'] as const]),
      annotations: {},
    };
    await cluster.changeKeys(write, cache?.resourceVersion ?? '', never);
    const { data, binaryData } = await stored('moving');
    assert.deepEqual([data, binaryData], [undefined, { a: '/w==' }]);
  });

  it('refuses a write on a version that has passed, and leaves the newer one alone', async () => {
    await configMap('raced', { data: { a: 'old' } });
    const cache = await cluster.readCache(ref('raced'), never);
    await configMap('raced', { data: { a: 'newer' } });
    const write = {
      ref: ref('raced'),
      values: new Map([['a', text('ours')]]),
      removed: new Map(),
      annotations: {},
    };
    const outcome = await cluster.changeKeys(write, cache?.resourceVersion ?? '', never);
    assert.deepEqual(outcome, { kind: 'conflict' });
    assert.deepEqual((await stored('raced'))['data'], { a: 'newer' });
  });

  it('says that a ConfigMap was deleted, or deleted and made again, before a write', async () => {
    await configMap('short-lived', { data: { a: 'old' } });
    const cache = await cluster.readCache(ref('short-lived'), never);
    const write = {
      ref: ref('short-lived'),
      values: new Map([['a', text('x')]]),
      removed: new Map(),
      annotations: {},
    };
    await plane.kubectl(['delete', 'configmap', 'short-lived']);
    const version = cache?.resourceVersion ?? '';
    assert.deepEqual(await cluster.changeKeys(write, version, never), { kind: 'gone' });
    await configMap('short-lived', { data: { a: 'again' } });
    assert.deepEqual(await cluster.changeKeys(write, version, never), { kind: 'conflict' });
  });

  it('creates a ConfigMap, and does not touch one that is there', async () => {
    const labels = { 'cache-configmaps.dev/cache': 'true' };
    const made = {
      ref: ref('created'),
      values: new Map([['a', text('x')]]),
      labels,
      annotations: { 'example.com/a': 'b' },
      immutable: true,
    };
    assert.equal((await cluster.createCache(made, never)).kind, 'written');
    const { data, metadata, immutable } = await stored('created');
    assert.deepEqual(data, { a: 'x' });
    const { labels: given, annotations } = metadata as CacheSummary;
    assert.deepEqual([given, annotations, immutable], [labels, made.annotations, true]);
    assert.deepEqual(await cluster.createCache(made, never), { kind: 'conflict' });
  });

  it('deletes a ConfigMap at the version that was read, and no other', async () => {
    const another = (digit: string) => (digit === '0' ? '1' : '0');
    await configMap('unwanted', { data: { a: '1' } });
    const read = await cluster.readCache(ref('unwanted'), never);
    assert.ok(read);
    await configMap('unwanted', { data: { a: '2' } });
    assert.deepEqual(await cluster.deleteCache(read, never), { kind: 'conflict' });
    const again = await cluster.readCache(ref('unwanted'), never);
    assert.ok(again);
    assert.deepEqual(
      await cluster.deleteCache({ ...again, uid: read.uid.replace(/^./, another) }, never),
      {
        kind: 'conflict',
      },
    );
    assert.deepEqual(await cluster.deleteCache(again, never), { kind: 'deleted' });
    assert.equal(await cluster.readCache(ref('unwanted'), never), undefined);
    assert.deepEqual(await cluster.deleteCache(again, never), { kind: 'gone' });
  });

  it('refuses what the API server refuses, with its reason: immutable, and too large', async () => {
    await configMap('frozen', { immutable: true, data: { a: 'x' } });
    await configMap('roomy', { data: { a: 'x' } });
    for (const [name, value] of [
      ['frozen', 'y'],
      ['roomy', 'y'.repeat(1_048_577)],
    ] as const) {
      const cache = await cluster.readCache(ref(name), never);
      const write = {
        ref: ref(name),
        values: new Map([['a', text(value)]]),
        removed: new Map(),
        annotations: {},
      };
      const failure = await failureOf(
        cluster.changeKeys(write, cache?.resourceVersion ?? '', never),
      );
      assert.equal(failure.reason, 'Invalid');
      assert.ok(failure.message.includes(`default/${name}`), failure.message);
      assert.match(failure.detail ?? '', /audit id [0-9a-f-]{36}$/);
    }
  });

  it('tells a namespace that is not there from a cache that is not', async () => {
    const nowhere = { context: 'demo', namespace: 'nowhere', name: 'some-cache' };
    assert.equal(await cluster.readCache(nowhere, never), undefined);
    const none = { labels: {}, annotations: {}, immutable: false };
    const values = new Map([['a', text('1')]]);
    const failure = await failureOf(cluster.createCache({ ref: nowhere, values, ...none }, never));
    assert.equal(failure.message, 'The namespace nowhere does not exist in demo.');
  });

  it('passes on what the server warns of, each warning once', async () => {
    await configMap('warned', { data: { a: '1' } });
    const proxy = await FaultProxy.start(plane);
    const lines: string[] = [];
    const warned = new KubernetesCluster(() => [proxy.kubeconfig], {
      log: (line) => lines.push(line),
    });
    const body = await plane.kubectl(['get', 'configmap', 'warned', '-o', 'json']);
    const headers = { Warning: '299 - "old \\"thing\\"", 299 - "another"' };
    proxy.break(() => true, { kind: 'answer', status: 200, headers, body }, 2);
    await warned.readCache(ref('warned'), never);
    await warned.readCache(ref('warned'), never);
    assert.deepEqual(
      lines.map((line) => line.replace(/^.*warns: /, '')),
      ['old "thing"', 'another'],
    );
    warned.reset();
    await proxy.stop();
  });

  it('sets and removes a label', async () => {
    await configMap('labelled', { data: {} }, { labels: { keep: 'me' } });
    await cluster.setLabel(ref('labelled'), ['cache-configmaps.dev/cache', 'true'], never);
    const labels = async () => ((await stored('labelled'))['metadata'] as CacheSummary).labels;
    assert.deepEqual(await labels(), { keep: 'me', 'cache-configmaps.dev/cache': 'true' });
    await cluster.setLabel(ref('labelled'), ['cache-configmaps.dev/cache', undefined], never);
    assert.deepEqual(await labels(), { keep: 'me' });
  });

  it('tells a follower of all ConfigMaps at first, then of each that comes, changes and goes', async () => {
    await configMap('followed-1', { data: { 'a.json': '1' } });
    const told = new EventEmitter();
    const stop = new AbortController();
    const next = async (kind: string): Promise<FollowEvent<CacheSummary>> =>
      ((await once(told, kind)) as [FollowEvent<CacheSummary>])[0];
    const first = next('all');
    cluster.followCaches(
      { context: 'demo', namespace: 'default' },
      (event) => told.emit(event.kind, event),
      stop.signal,
    );
    const all = await first;
    assert.ok(all.kind === 'all');
    const found = all.items.find(({ ref: { name } }) => name === 'followed-1');
    assert.deepEqual(found?.keys, ['a.json']);
    for (const [kind, act] of [
      ['changed', () => configMap('followed-2', { data: { x: '1' } })],
      ['changed', () => configMap('followed-2', { data: { x: '1', y: '2' } })],
      ['removed', () => plane.kubectl(['delete', 'configmap', 'followed-2'])],
    ] as const) {
      const event = next(kind);
      await act();
      const heard = await event;
      assert.ok(heard.kind === 'changed' || heard.kind === 'removed');
      assert.equal(heard.item.ref.name, 'followed-2');
    }
    stop.abort();
  });

  it('tells a follower of some of many ConfigMaps before all of them have come, at the beginning alone', async () => {
    await plane.kubectl(['create', 'namespace', 'many']);
    const items = Array.from({ length: 501 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `cache-${index}`, namespace: 'many' },
    }));
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await plane.kubectl(['create', '-f', '-'], { input });
    const proxy = await FaultProxy.start(plane);
    const through = new KubernetesCluster(() => [proxy.kubeconfig]);
    const picture = new Picture(through, { context: 'demo', namespace: 'many' });
    const names = truthOf(plane, 'many');
    await picture.is(names);
    assert.deepEqual(picture.begun, [500]);
    proxy.cutAll();
    await picture.failed();
    await plane.kubectl(['delete', 'configmap', 'cache-7', '-n', 'many']);
    await picture.is(names);
    assert.equal(picture.lists, 2);
    assert.deepEqual(picture.begun, [500]);
    picture.stop();
    through.reset();
    await proxy.stop();
  });

  it('tells a follower of an empty collection that there is nothing', async () => {
    await plane.kubectl(['create', 'namespace', 'empty']);
    const stop = new AbortController();
    const scope = { context: 'demo', namespace: 'empty' };
    const event = await new Promise<FollowEvent<CacheSummary>>((resolve) => {
      cluster.followCaches(scope, resolve, stop.signal);
    });
    stop.abort();
    assert.deepEqual(event, { kind: 'all', items: [] });
  });

  it('hears nothing more once it is stopped', async () => {
    const stop = new AbortController();
    let heard = 0;
    const first = new Promise<void>((resolve) => {
      cluster.followNamespaces(
        'demo',
        () => {
          heard++;
          resolve();
        },
        stop.signal,
      );
    });
    await first;
    stop.abort();
    const other = new AbortController();
    const seen = new Promise<void>((resolve) => {
      cluster.followNamespaces(
        'demo',
        (event) => {
          if (event.kind === 'changed' && event.item === 'unheard') resolve();
        },
        other.signal,
      );
    });
    await plane.kubectl(['create', 'namespace', 'unheard']);
    await seen;
    other.abort();
    assert.equal(heard, 1);
  });

  it('knows a cluster by the uid of kube-system, and without that right by what is known from outside', async () => {
    const path = 'jsonpath={.metadata.uid}';
    const uid = await plane.kubectl(['get', 'namespace', 'kube-system', '-o', path]);
    const [identity, ...others] = await cluster.identity('demo', never);
    assert.equal(identity, uid);
    const stranger = { name: 'stranger', grants: [], credential: 'certificate' } as const;
    const config = await createUser(plane, stranger);
    const nobody = new KubernetesCluster(() => [config]);
    assert.deepEqual(await nobody.identity('stranger', never), others);
    assert.equal(others.length, 1);
    nobody.reset();
  });
});
