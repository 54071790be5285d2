import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { cacheWith } from '../../../test/fakes/caches.ts';
import { factAnnotations } from '../facts.ts';
import {
  isRecord,
  sameSnapshot,
  snapshotOf,
  type Outcome,
  type Snapshot,
  type Version,
  type Write,
} from './history.ts';

const AT = '2026-11-24T02:00:00.123Z';
const SHA = '0123456789abcdef'.repeat(4);

const VERSION: Version = {
  ...{ kind: 'version', at: AT, uid: 'u', key: 'a.json', sha256: SHA, bytes: 2, stored: 'text' },
  ...{ manager: 'kubectl', time: '2026-11-24T02:00:00Z', facts: { source: 'file:a' }, write: 'w' },
};
const SNAPSHOT: Snapshot = {
  ...{ kind: 'snapshot', at: AT, uid: 'u', labels: { team: 'b' }, annotations: { 'a/b': 'c' } },
  ...{ immutable: true, keys: ['a.json'] },
};
const WRITE: Write = {
  ...{ kind: 'write', at: AT, uid: 'u', id: 'w' },
  keys: [
    { key: 'a', before: SHA, after: SHA },
    { key: 'b', before: SHA },
    { key: 'c', after: SHA },
  ],
};
const OUTCOME: Outcome = { kind: 'outcome', at: AT, uid: 'u', id: 'w', written: false };

/** The record as it comes back from a file, without a member, or with another value of it. */
function damaged(record: object, member: string, value?: unknown): unknown {
  return JSON.parse(JSON.stringify({ ...record, [member]: value }));
}

describe('A record of a history', () => {
  const { manager, time, write, ...bare } = VERSION;
  const good = [
    ['a version', VERSION],
    ['a version of which little is known', { ...bare, facts: {} }],
    ['an empty binary version', { ...bare, bytes: 0, stored: 'binary' }],
    ['a snapshot', SNAPSHOT],
    ['a snapshot of nothing', { ...SNAPSHOT, labels: {}, annotations: {}, keys: [] }],
    ['a write', WRITE],
    ['an outcome', OUTCOME],
    ['a record with more than is known today', { ...OUTCOME, since: 'later' }],
  ] as const;
  for (const [what, record] of good) {
    it(`is ${what}`, () => {
      assert.equal(isRecord(JSON.parse(JSON.stringify(record))), true);
    });
  }

  it('may tell by whom, when and by which write a version came, or not', () => {
    for (const [member, value] of Object.entries({ manager, time, write })) {
      assert.equal(isRecord({ ...bare, [member]: value }), true, member);
      assert.equal(isRecord({ ...bare, [member]: 1 }), false, member);
    }
  });

  for (const record of [VERSION, SNAPSHOT, WRITE, OUTCOME]) {
    const optional = ['manager', 'time', 'write'];
    const needed = Object.keys(record).filter((member) => !optional.includes(member));
    it(`is no ${record.kind} without each of ${needed.join(', ')}`, () => {
      for (const member of needed) {
        assert.equal(isRecord(damaged(record, member)), false, `without ${member}`);
        for (const value of [null, 17.5, [null], [1], { a: 1 }]) {
          if (member === 'bytes' && value === 17.5) continue;
          assert.equal(isRecord(damaged(record, member, value)), false, `${member} is another`);
        }
      }
    });
  }

  const bad = [
    ...[undefined, null, 1, 'version', true, [], {}, [VERSION]],
    { ...VERSION, kind: 'Version' },
    { ...VERSION, kind: 'toString' },
    { ...VERSION, stored: 'gzip' },
    { ...VERSION, bytes: '2' },
    { ...VERSION, bytes: -1 },
    { ...WRITE, keys: [{ before: SHA }] },
    { ...WRITE, keys: [{ key: 'a', after: 'x' }] },
    { ...WRITE, keys: ['a'] },
    { ...OUTCOME, written: 'true' },
  ];
  for (const value of bad) {
    it(`is not ${inspect(value).slice(0, 60)}`, () => {
      assert.equal(isRecord(value), false);
    });
  }

  for (const sha256 of ['', 'x', '../../../etc/passwd', SHA.toUpperCase(), `${SHA}0`, `${SHA}\n`]) {
    it(`names no content that cannot be one: ${JSON.stringify(sha256)}`, () => {
      assert.equal(isRecord({ ...VERSION, sha256 }), false);
    });
  }
});

describe('A snapshot', () => {
  it('is what a cache has beside its content, without facts and the copy of kubectl', () => {
    const cache = cacheWith(
      { b: '2', a: '1' },
      {
        uid: 'u-7',
        immutable: true,
        labels: { team: 'b' },
        annotations: {
          ...factAnnotations('a', { source: 'file:a', refreshed: AT, sha256: SHA, maxAge: '1h' }),
          ...factAnnotations('.env', { sha256: SHA }),
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'example.com/owner': 'team-b',
        },
      },
    );
    assert.deepEqual(snapshotOf(cache, AT), {
      ...{ kind: 'snapshot', at: AT, uid: 'u-7', immutable: true, keys: ['a', 'b'] },
      ...{ labels: { team: 'b' }, annotations: { 'example.com/owner': 'team-b' } },
    });
    assert.equal(isRecord(snapshotOf(cache, AT)), true);
  });

  it('says the same as one of another time, in whatever order', () => {
    const labels = { one: '1', two: '2' };
    const other = { ...SNAPSHOT, labels: { two: '2', one: '1' }, at: '2027-01-01T00:00:00.000Z' };
    assert.equal(sameSnapshot({ ...SNAPSHOT, labels }, other), true);
  });

  const others: readonly (readonly [string, Partial<Snapshot>])[] = [
    ['other labels', { labels: { team: 'c' } }],
    ['other annotations', { annotations: {} }],
    ['other keys', { keys: ['a.json', 'b'] }],
    ['changeable content', { immutable: false }],
    ['its labels as annotations', { labels: { 'a/b': 'c' }, annotations: { team: 'b' } }],
  ];
  for (const [what, more] of others) {
    it(`says another thing than one with ${what}`, () => {
      assert.equal(sameSnapshot({ ...SNAPSHOT, ...more }, SNAPSHOT), false);
    });
  }

  it('says another thing than nothing, or than a record of another kind', () => {
    for (const record of [undefined, VERSION, WRITE, OUTCOME]) {
      assert.equal(sameSnapshot(record, SNAPSHOT), false);
    }
  });
});
