import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { changesOn } from '../../test/fakes/changesOn.ts';
import { FakeCluster } from '../../test/fakes/fakeCluster.ts';
import { valueOf } from '../domain/content/content.ts';
import { Failure } from '../domain/failure.ts';
import { stateOf } from '../domain/plan/planState.ts';
import type { NewContent } from '../domain/plan/cachePlan.ts';

const NOW = new Date('2026-11-23T10:20:30.456Z');
const BINARY = Uint8Array.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
const OLD = { 'a.json': '{"x":1,"y":2}', 'b.json': '{"z":3}', 'c.txt': 'kept\r\n' };
const FOREIGN = {
  'example.com/owner': 'team-b',
  'max-age.cache-configmaps.dev/a.json': '24h',
  'source.cache-configmaps.dev/b.json': 'file:b.json',
};

const fromUrl = (key: string, content: string | Uint8Array): NewContent => ({
  key,
  source: { kind: 'url', url: `https://anna:secret@example.com:8443/v1/${key}?token=secret#top` },
  content: { bytes: typeof content === 'string' ? utf8(content) : content },
});

const fromFile = (key: string, content: string): NewContent => ({
  key,
  source: { kind: 'file', uri: `file:///home/anna/${key}` },
  content: { bytes: utf8(content) },
});

const live = (): AbortSignal => new AbortController().signal;

/** A cluster that holds the old cache, and the refresh on it. */
function stage(cluster = new FakeCluster(cacheWith(OLD, { annotations: FOREIGN }))) {
  return { cluster, ...changesOn(cluster, () => NOW) };
}

/** Plans new content for the old cache, lets something happen meanwhile, and applies the plan. */
async function refreshed(
  contents: readonly NewContent[],
  meanwhile: (cluster: FakeCluster) => void = () => undefined,
  staged = stage(),
) {
  const { cluster, changes } = staged;
  const plan = await changes.plan(REF, contents, live());
  meanwhile(cluster);
  return { cluster, plan, outcome: await changes.apply(plan, live()) };
}

/** Lets something happen between each write and what follows it. */
function afterWrites(cluster: FakeCluster, happen: () => void): void {
  const changeKeys: FakeCluster['changeKeys'] = cluster.changeKeys.bind(cluster);
  cluster.changeKeys = async (...of) => {
    const outcome = await changeKeys(...of);
    happen();
    return outcome;
  };
}

describe('Planning a refresh', () => {
  it('compares with the cache as it is now, and writes nothing', async () => {
    const { cluster, changes } = stage();
    const plan = await changes.plan(REF, [fromUrl('a.json', '{"x":1,"y":3}')], live());
    const now = cluster.peek(REF);
    assert.equal(plan.before, now);
    assert.deepEqual(plan.keys[0]?.diff, { added: [], removed: [], changed: ['y'] });
    assert.deepEqual(cluster.writes, []);
  });

  it('is for creating it where it does not exist', async () => {
    const { changes } = stage(new FakeCluster());
    const plan = await changes.plan(REF, [fromUrl('a.json', '{"x":1}')], live());
    assert.equal(plan.before, undefined);
  });

  it('passes on the failure of a read', async () => {
    const { cluster, changes } = stage();
    const failure = new Failure('You may not read it.', { reason: 'Forbidden', nextStep: 'retry' });
    cluster.readFailure = failure;
    await assert.rejects(
      changes.plan(REF, [fromUrl('a.json', '{}')], live()),
      (e) => e === failure,
    );
  });
});

describe('Applying a refresh', () => {
  it('writes the changed keys and their annotations on the compared version, and nothing else', async () => {
    const { cluster, plan, outcome } = await refreshed([
      fromUrl('a.json', '{"x":1,"y":3}\n'),
      fromFile('b.json', OLD['b.json']),
      fromFile('d.txt', '\uFEFFnew\r\n'),
    ]);
    assert.equal(outcome.kind, 'written');
    const [sent, ...more] = cluster.writes;
    assert.ok(sent !== undefined && 'write' in sent);
    const { write, resourceVersion } = sent;
    assert.deepEqual(more, []);
    assert.equal(resourceVersion, plan.before?.resourceVersion);
    assert.deepEqual(write.ref, REF);
    assert.deepEqual(
      write.values,
      new Map([
        ['a.json', valueOf(utf8('{"x":1,"y":3}\n'))],
        ['d.txt', valueOf(utf8('\uFEFFnew\r\n'))],
      ]),
    );
    assert.equal(write.removed.size, 0);
    assert.deepEqual(
      Object.keys(write.annotations).sort(),
      ['a.json', 'd.txt']
        .flatMap((key) =>
          ['refreshed', 'sha256', 'source'].map((f) => `${f}.cache-configmaps.dev/${key}`),
        )
        .sort(),
    );
  });

  it('leaves the other keys, labels and annotations as they were', async () => {
    const { cluster, outcome } = await refreshed([fromUrl('a.json', '{"x":9,"y":9}')]);
    assert.ok(outcome.kind === 'written');
    assert.deepEqual(outcome.cache, cluster.peek(REF));
    assert.equal(outcome.confirmedByReading, false);
    const { values, annotations } = outcome.cache;
    assert.deepEqual(values.get('b.json'), valueOf(utf8(OLD['b.json'])));
    assert.deepEqual(values.get('c.txt'), valueOf(utf8(OLD['c.txt'])));
    for (const [name, value] of Object.entries(FOREIGN)) assert.equal(annotations[name], value);
  });

  it('notes the source without credentials, the time in UTC, and the SHA-256 of the bytes', async () => {
    const [text, words] = ['{"x":"ü漢🙂"}\r\n', 'words'];
    const { outcome } = await refreshed([
      fromUrl('a.json', text),
      fromFile('c.txt', words),
      fromUrl('blob', BINARY),
      fromUrl('.env', 'a=1'),
    ]);
    assert.ok(outcome.kind === 'written');
    const { annotations } = outcome.cache;
    const sha256 = (content: string | Uint8Array) =>
      createHash('sha256').update(content).digest('hex');
    assert.equal(
      annotations['source.cache-configmaps.dev/a.json'],
      'https://example.com:8443/v1/a.json',
    );
    assert.equal(annotations['source.cache-configmaps.dev/c.txt'], 'file:c.txt');
    assert.equal(annotations['refreshed.cache-configmaps.dev/a.json'], '2026-11-23T10:20:30Z');
    assert.equal(annotations['sha256.cache-configmaps.dev/a.json'], sha256(text));
    assert.equal(annotations['sha256.cache-configmaps.dev/c.txt'], sha256(words));
    assert.equal(annotations['sha256.cache-configmaps.dev/blob'], sha256(BINARY));
    assert.ok(Object.values(annotations).includes(sha256('a=1')), 'also for an awkward key');
    assert.doesNotMatch(JSON.stringify(annotations), /secret|anna|token/);
  });

  it('names the keys that leave data for binaryData or the reverse', async () => {
    const cache = cacheWith({ text: 'words', binary: BINARY, same: 'words' });
    const { cluster } = await refreshed(
      [
        fromUrl('text', BINARY),
        fromUrl('binary', 'words'),
        fromUrl('same', 'other'),
        fromUrl('new', BINARY),
      ],
      undefined,
      stage(new FakeCluster(cache)),
    );
    const [sent] = cluster.writes;
    assert.ok(sent !== undefined && 'write' in sent);
    assert.deepEqual(Object.fromEntries(sent.write.removed), { binary: 'binary', text: 'text' });
    assert.equal(cluster.peek(REF)?.values.get('text')?.kind, 'binary');
  });

  it('creates the cache where there was none', async () => {
    const { cluster, outcome } = await refreshed(
      [fromUrl('a.json', '{"x":1}'), fromFile('b.txt', 'words')],
      undefined,
      stage(new FakeCluster()),
    );
    assert.ok(outcome.kind === 'written');
    assert.deepEqual(
      cluster.writes.map(({ resourceVersion }) => resourceVersion),
      [undefined],
    );
    assert.deepEqual(outcome.cache.keys, ['a.json', 'b.txt']);
  });

  it('passes on the failure of a write, and does not try again', async () => {
    const { cluster, changes } = stage();
    const plan = await changes.plan(REF, [fromUrl('a.json', '{"x":2,"y":2}')], live());
    const failure = new Failure('You may not.', { reason: 'Forbidden', nextStep: 'retry' });
    cluster.writeFailure = failure;
    await assert.rejects(changes.apply(plan, live()), (error) => error === failure);
    assert.equal(cluster.writes.length, 1);
  });
});

describe('A cache that changes meanwhile', () => {
  const content = [fromUrl('a.json', '{"x":1,"y":3}'), fromFile('d.txt', 'new')];

  it('is a conflict: nothing is lost, and the plan is against the newer version', async () => {
    const { cluster, outcome, plan } = await refreshed(content, (fake) => {
      fake.put(cacheWith({ ...OLD, 'a.json': '{"x":1,"y":2,"theirs":0}' }));
    });
    const now = cluster.peek(REF);
    assert.ok(outcome.kind === 'conflict' && now !== undefined);
    assert.deepEqual(now.values.get('a.json'), valueOf(utf8('{"x":1,"y":2,"theirs":0}')));
    assert.equal(cluster.writes.length, 1, 'no second write without a question');
    const { before, keys } = outcome.plan;
    assert.equal(before, now);
    assert.deepEqual(
      keys.map(({ key, source, after }) => ({ key, source, after })),
      plan.keys.map(({ key, source, after }) => ({ key, source, after })),
    );
    assert.deepEqual(keys[0]?.diff, { added: [], removed: ['theirs'], changed: ['y'] });
  });

  it('is written by the new plan, once that is applied', async () => {
    const staged = stage();
    const { outcome } = await refreshed(
      content,
      (fake) => fake.put(cacheWith({ ...OLD, 'b.json': '{"theirs":1}' })),
      staged,
    );
    assert.ok(outcome.kind === 'conflict');
    const second = await staged.changes.apply(outcome.plan, live());
    assert.ok(second.kind === 'written');
    assert.deepEqual(second.cache.values.get('a.json'), valueOf(utf8('{"x":1,"y":3}')));
    assert.deepEqual(second.cache.values.get('b.json'), valueOf(utf8('{"theirs":1}')));
  });

  it('has nothing to change when somebody else wrote the same', async () => {
    const { outcome } = await refreshed(content, (fake) =>
      fake.put(cacheWith({ ...OLD, 'a.json': '{"x":1,"y":3}', 'd.txt': 'new' })),
    );
    assert.ok(outcome.kind === 'conflict');
    assert.deepEqual(stateOf(outcome.plan), { kind: 'nothingToChange' });
  });

  it('is refused by the new plan where it became immutable', async () => {
    const { outcome } = await refreshed(content, (fake) =>
      fake.put(cacheWith(OLD, { immutable: true })),
    );
    assert.ok(outcome.kind === 'conflict');
    assert.equal(stateOf(outcome.plan).kind, 'refused');
  });

  it('is gone where it was deleted: nothing is written, and the plan would create it', async () => {
    const { cluster, outcome } = await refreshed(content, (fake) => {
      fake.delete(REF);
    });
    assert.ok(outcome.kind === 'gone');
    assert.equal(cluster.peek(REF), undefined);
    assert.equal(outcome.plan.before, undefined);
    assert.deepEqual(
      outcome.plan.keys.map(({ after }) => after),
      content.map(({ content: given }) => given && valueOf(given.bytes)),
    );
  });

  it('is a conflict where somebody else created it first', async () => {
    const { outcome } = await refreshed(
      content,
      (fake) => fake.put(cacheWith({ 'a.json': '{"theirs":1}' })),
      stage(new FakeCluster()),
    );
    assert.ok(outcome.kind === 'conflict');
    assert.notEqual(outcome.plan.before, undefined);
    assert.deepEqual(outcome.plan.keys[0]?.diff, {
      added: ['x', 'y'],
      removed: ['theirs'],
      changed: [],
    });
  });
});

describe('A plan that nobody may be offered to apply', () => {
  it('is not written: refused, or without a change', async () => {
    for (const text of ['{"x":1,', OLD['a.json']]) {
      const { cluster, changes } = stage();
      const plan = await changes.plan(REF, [fromUrl('a.json', text)], live());
      await assert.rejects(changes.apply(plan, live()), /was to be applied/);
      assert.deepEqual(cluster.writes, []);
    }
  });
});

describe('An abort', () => {
  const content = [fromUrl('a.json', '{"x":1,"y":3}')];

  it('of a plan or of a write passes as its own reason', async () => {
    const { cluster, changes } = stage();
    const plan = await changes.plan(REF, content, live());
    const reason = new Error('The person pressed Escape.');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(changes.plan(REF, content, signal), (error) => error === reason);
    await assert.rejects(changes.apply(plan, signal), (error) => error === reason);
    assert.deepEqual(cluster.writes, []);
  });

  it('while a write without an answer is read back passes as its own reason', async () => {
    const reason = new Error('The person pressed Escape.');
    const controller = new AbortController();
    const cluster = new FakeCluster(cacheWith(OLD));
    afterWrites(cluster, () => {
      controller.abort(reason);
    });
    const { changes } = stage(cluster);
    const plan = await changes.plan(REF, content, controller.signal);
    cluster.cut = 'after';
    await assert.rejects(changes.apply(plan, controller.signal), (error) => error === reason);
  });
});
