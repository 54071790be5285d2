import assert from 'node:assert/strict';
import type { Value } from '../../domain/content/content.ts';
import { contentOf, mergePatchOf, newConfigMapOf, summaryOf } from './translate.ts';

const metadata = {
  name: 'workflow-cache',
  namespace: 'argo',
  uid: 'u',
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'source.cache-configmaps.dev/a.json': 'https://x',
  },
  managedFields: [
    { fieldsV1: { 'f:data': { '.': {}, 'f:b.json': {}, 'f:a.json': {} } } },
    { fieldsV1: { 'f:binaryData': { 'f:c.gz': {} }, 'f:metadata': { 'f:labels': {} } } },
    {},
  ],
};
const text = (value: string) => ({ kind: 'text' as const, bytes: new TextEncoder().encode(value) });
const binary = (...bytes: number[]) => ({ kind: 'binary' as const, bytes: Uint8Array.from(bytes) });
const ref = { context: 'c', namespace: 'argo', name: 'workflow-cache' };

describe('a ConfigMap as the API server sends it', () => {
  it('tells its keys by managedFields, and of its annotations ours are kept', () => {
    const summary = summaryOf('c', { metadata });
    assert.deepEqual(summary.ref, ref);
    assert.deepEqual(summary.keys, ['a.json', 'b.json', 'c.gz']);
    assert.deepEqual(summary.annotations, { 'source.cache-configmaps.dev/a.json': 'https://x' });
  });

  it('has values as bytes, whether they are kept as text or as binary', () => {
    const content = contentOf('c', {
      metadata,
      immutable: true,
      data: { t: 'ä\r\n\uFEFF', empty: '' },
      binaryData: { b: Buffer.from([0, 255]).toString('base64') },
    });
    assert.equal(content.immutable, true);
    assert.deepEqual(content.keys, ['b', 'empty', 't']);
    assert.deepEqual(content.values.get('t'), text('ä\r\n\uFEFF'));
    assert.deepEqual(content.values.get('empty'), text(''));
    assert.deepEqual(content.values.get('b'), binary(0, 255));
  });

  it('may have no data at all', () => {
    const content = contentOf('c', { metadata, data: null });
    assert.deepEqual([content.keys, content.immutable], [[], false]);
  });
});

describe('a write', () => {
  const annotations = { 'refreshed.cache-configmaps.dev/t': 'now' };

  it('is a merge patch of its keys and annotations on one version', () => {
    const values = new Map([['t', text('x')]]);
    assert.deepEqual(mergePatchOf({ ref, values, removed: new Map(), annotations }, '7'), {
      metadata: { resourceVersion: '7', annotations },
      data: { t: 'x' },
    });
  });

  it('deletes a key from where it is kept, and an annotation', () => {
    const removed = new Map([
      ['t', 'text'],
      ['b', 'binary'],
    ] as const);
    const write = { ref, values: new Map(), removed, annotations: { gone: null } };
    assert.deepEqual(mergePatchOf(write, '7'), {
      metadata: { resourceVersion: '7', annotations: { gone: null } },
      data: { t: null },
      binaryData: { b: null },
    });
  });

  it('moves a key that was kept the other way', () => {
    const values = new Map<string, Value>([
      ['was-text', binary(255)],
      ['was-binary', text('x')],
    ]);
    const removed = new Map([
      ['was-text', 'text'],
      ['was-binary', 'binary'],
    ] as const);
    assert.deepEqual(mergePatchOf({ ref, values, removed, annotations: {} }, '7'), {
      metadata: { resourceVersion: '7', annotations: {} },
      data: { 'was-binary': 'x', 'was-text': null },
      binaryData: { 'was-text': '/w==', 'was-binary': null },
    });
  });

  it('of a cache that is not there makes one', () => {
    const values = new Map([['t', text('x')]]);
    const labels = { 'cache-configmaps.dev/cache': 'true' };
    assert.deepEqual(newConfigMapOf({ ref, values, labels, annotations, immutable: true }), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'workflow-cache',
        namespace: 'argo',
        labels,
        annotations,
      },
      data: { t: 'x' },
      immutable: true,
    });
  });
});
