import assert from 'node:assert/strict';
import { chance } from '../../test/fakes/chance.ts';
import type { HistoryRecord, Version } from './history.ts';
import { withinBytes, withinLimits } from './historyLimits.ts';

/** Writes that are remembered at most. */
const WRITES = 50;

const at = (moment: number): string => new Date(Date.UTC(2026, 10, 24) + moment).toISOString();

function version(moment: number, more: Partial<Version> = {}): Version {
  const content = { sha256: `sha ${moment}`, bytes: 1, stored: 'text', facts: {} } as const;
  return { kind: 'version', at: at(moment), uid: 'u', key: 'a', ...content, ...more };
}

/** Any history: several ConfigMaps, keys and writes, of which some have an outcome. */
function anyHistory(next: (limit: number) => number): readonly HistoryRecord[] {
  const records: HistoryRecord[] = [];
  for (let moment = 0; moment < 40 + next(300); moment++) {
    const common = { at: at(moment), uid: `u${next(3)}` };
    const id = `w${moment}`;
    const write = next(2) === 0 ? { write: `w${next(moment + 1)}` } : {};
    switch (next(4)) {
      case 0:
        records.push(version(moment, { ...common, key: `k${next(3)}`, ...write }));
        break;
      case 1:
        records.push({
          ...{ kind: 'snapshot', ...common, labels: {}, annotations: {} },
          ...{ immutable: false, keys: [] },
        });
        break;
      case 2:
        records.push({ kind: 'write', ...common, id, keys: [] });
        break;
      case 3:
        records.push({
          kind: 'outcome',
          ...common,
          id: `w${next(moment + 1)}`,
          written: next(3) > 0,
        });
        break;
    }
  }
  return records;
}

/** The rule, one record at a time: it stays where too few of its sort come after it. */
function rule(records: readonly HistoryRecord[], versions: number): readonly HistoryRecord[] {
  const after = (record: HistoryRecord, same: (other: HistoryRecord) => boolean) =>
    records.slice(records.indexOf(record) + 1).filter(same).length;
  const isUnwritten = (version: Version) =>
    records.some((o) => o.kind === 'outcome' && o.id === version.write && !o.written);
  const stays = (record: HistoryRecord): boolean => {
    const { uid } = record;
    switch (record.kind) {
      case 'version': {
        const { key } = record;
        const isSame = (o: HistoryRecord) =>
          o.kind === 'version' && o.uid === uid && o.key === key && !isUnwritten(o);
        return !isUnwritten(record) && after(record, isSame) < versions;
      }
      case 'snapshot':
        return after(record, (other) => other.kind === 'snapshot' && other.uid === uid) === 0;
      case 'write':
        return after(record, (other) => other.kind === 'write') < WRITES;
      case 'outcome':
        return records.some(
          (other) =>
            ((other.kind === 'write' && other.id === record.id) ||
              (other.kind === 'version' && other.write === record.id)) &&
            stays(other),
        );
    }
  };
  return records.filter(stays);
}

describe('A history within its limits', () => {
  it('has what the rule says, for any history and limit', () => {
    const next = chance(7);
    for (let round = 0; round < 120; round++) {
      const records = anyHistory(next);
      const versions = next(6);
      assert.deepEqual(withinLimits(records, versions), rule(records, versions));
    }
  });

  it('has the newest versions of each key of each ConfigMap', () => {
    const records = [1, 2, 3].flatMap((moment) => [
      version(moment, { key: 'a' }),
      version(moment, { key: 'b' }),
      version(moment, { key: 'a', uid: 'v' }),
    ]);
    assert.deepEqual(withinLimits(records, 2), records.slice(3));
    assert.deepEqual(withinLimits(records, 3), records);
    assert.deepEqual(withinLimits(records, 0), []);
  });

  it('has no place for what was not written in the end', () => {
    const there = version(1);
    const planned = version(2, { write: 'w' });
    const outcome = (written: boolean): HistoryRecord => {
      return { kind: 'outcome', at: at(3), uid: 'u', id: 'w', written };
    };
    assert.deepEqual(withinLimits([there, planned, outcome(false)], 1), [there]);
    assert.deepEqual(withinLimits([there, planned, outcome(true)], 1), [planned, outcome(true)]);
    assert.deepEqual(withinLimits([there, planned], 1), [planned]);
  });

  it('has the last 50 writes, and outcomes of those and of the versions that stay', () => {
    const records = Array.from({ length: 51 }, (_, moment): readonly HistoryRecord[] => [
      version(moment, { key: `k${moment}`, write: `w${moment}` }),
      { kind: 'write', at: at(moment), uid: 'u', id: `w${moment}`, keys: [] },
      { kind: 'outcome', at: at(moment), uid: 'u', id: `w${moment}`, written: true },
    ]).flat();
    const [ofFirst, write, outcome, ...more] = records;
    assert.deepEqual(withinLimits(records, 1), [ofFirst, outcome, ...more]);
    assert.ok(write);
    assert.equal(withinLimits(records, 0).length, 50 * 2);
  });
});

/** The rule: the oldest goes out until the contents, each counted once, fit. */
function oldestOut(versions: readonly Version[], bytes: number): ReadonlySet<Version> {
  let left = versions.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const total = () =>
    [...new Map(left.map((each) => [each.sha256, each.bytes])).values()].reduce(
      (sum, each) => sum + each,
      0,
    );
  while (total() > bytes) left = left.slice(1);
  return new Set(left);
}

describe('Versions within a number of bytes', () => {
  it('are those that the rule leaves, for any versions in any order', () => {
    const next = chance(8);
    for (let round = 0; round < 400; round++) {
      const sizes = Array.from({ length: 1 + next(12) }, () => next(100));
      const versions = Array.from({ length: next(60) }, (_, moment) => {
        const content = next(sizes.length);
        return version(moment, { sha256: `sha ${content}`, bytes: sizes[content] ?? 0 });
      });
      const given = versions.toSorted(() => next(3) - 1);
      const bytes = next(600);
      assert.deepEqual(withinBytes(given, bytes), new Set(oldestOut(given, bytes)));
    }
  });

  const versions = [10, 20, 30].map((bytes, moment) => version(moment, { bytes }));
  const table = [
    [60, 3],
    [59, 2],
    [50, 2],
    [49, 1],
    [30, 1],
    [29, 0],
    [0, 0],
  ] as const;
  for (const [bytes, count] of table) {
    it(`are the last ${count} of 10, 20 and 30 bytes within ${bytes}`, () => {
      const kept = versions.slice(versions.length - count);
      assert.deepEqual(new Set(withinBytes(versions, bytes)), new Set(kept));
    });
  }

  it('of one moment leave in the order in which they were made', () => {
    const same = ['first', 'second', 'third'].map((sha256) => version(1, { sha256, bytes: 10 }));
    assert.deepEqual(withinBytes(same, 10), new Set(same.slice(2)));
    assert.deepEqual(withinBytes(same, 20), new Set(same.slice(1)));
  });

  it('share a content without more bytes', () => {
    const shared = [1, 2, 3].map((moment) => version(moment, { sha256: 'same', bytes: 10 }));
    assert.deepEqual(withinBytes(shared, 10), new Set(shared));
    assert.deepEqual(withinBytes(shared, 9), new Set());
  });
});
