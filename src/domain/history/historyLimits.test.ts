import assert from 'node:assert/strict';
import { chance } from '../../../test/fakes/chance.ts';
import type { HistoryRecord, Outcome, Version, Write, WrittenKey } from './history.ts';
import { withinBytes, withinLimits } from './historyLimits.ts';

/** Writes that are remembered at most. */
const WRITES = 50;

const at = (moment: number): string => new Date(Date.UTC(2026, 10, 24) + moment).toISOString();

function version(moment: number, more: Partial<Version> = {}): Version {
  const content = { sha256: `sha ${moment}`, bytes: 1, stored: 'text', facts: {} } as const;
  return { kind: 'version', at: at(moment), uid: 'u', key: 'a', ...content, ...more };
}

const anyContent = (next: (limit: number) => number) => ({
  key: `k${next(3)}`,
  sha256: `sha ${next(4)}`,
});

/** What a write made of a key. */
function anyKey(next: (limit: number) => number): WrittenKey {
  const { key, sha256 } = anyContent(next);
  return next(4) === 0 ? { key, after: sha256 } : { key, before: sha256 };
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
        records.push(version(moment, { ...common, ...anyContent(next), ...write }));
        break;
      case 1:
        records.push({
          ...{ kind: 'snapshot', ...common, labels: {}, annotations: {} },
          ...{ immutable: false, keys: [] },
        });
        break;
      case 2:
        records.push({ kind: 'write', ...common, id, keys: [anyKey(next)] });
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
  if (versions === 0) return [];
  const after = (record: HistoryRecord) => records.slice(records.indexOf(record) + 1);
  const ended = (id: string | undefined) =>
    records.findLast((other): other is Outcome => other.kind === 'outcome' && other.id === id)
      ?.written;
  const sameKey = (one: Version) => (other: HistoryRecord) =>
    other.kind === 'version' &&
    other.uid === one.uid &&
    other.key === one.key &&
    ended(other.write) !== false;
  const isOnceMore = (record: Version) => {
    const next = after(record).find(sameKey(record));
    return next?.kind === 'version' && next.sha256 === record.sha256;
  };
  const sameContent = (one: Version) => (other: HistoryRecord) =>
    other.kind === 'version' &&
    other.key === one.key &&
    other.sha256 === one.sha256 &&
    ended(other.write) !== false;
  /** True for a write after which there is none of its ConfigMap of which it is known that it was carried out. */
  const isLast = (write: HistoryRecord) =>
    !after(write).some((o) => o.kind === 'write' && o.uid === write.uid && ended(o.id) === true);
  const isReplaced = (record: Version) =>
    after(record).some(
      (write) =>
        write.kind === 'write' &&
        stays(write) &&
        ended(write.id) !== false &&
        isLast(write) &&
        write.keys.some((k) => k.key === record.key && k.before === record.sha256) &&
        !after(record).slice(0, after(record).indexOf(write)).some(sameContent(record)),
    );
  const stays = (record: HistoryRecord): boolean => {
    switch (record.kind) {
      case 'version': {
        if (ended(record.write) === false) return false;
        const newer = after(record).filter(sameKey(record)) as Version[];
        const isNew = !isOnceMore(record) && newer.filter((o) => !isOnceMore(o)).length < versions;
        return isNew || isReplaced(record);
      }
      case 'snapshot':
        return !after(record).some((o) => o.kind === 'snapshot' && o.uid === record.uid);
      case 'write':
        return after(record).filter((other) => other.kind === 'write').length < WRITES;
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
  });

  it('has nothing where nothing is to be kept', () => {
    const records: readonly HistoryRecord[] = [
      {
        kind: 'snapshot',
        at: at(1),
        uid: 'u',
        labels: {},
        annotations: {},
        immutable: false,
        keys: [],
      },
      { kind: 'write', at: at(1), uid: 'u', id: 'w', keys: [] },
      { kind: 'outcome', at: at(1), uid: 'u', id: 'w', written: true },
    ];
    assert.deepEqual(withinLimits(records, 0), []);
  });

  it('has once what was kept once more when it was replaced, as it was kept last', () => {
    const same = [1, 2, 3].map((moment) => version(moment, { sha256: 'same' }));
    const other = version(4);
    assert.deepEqual(withinLimits([...same, other], 2), [same[2], other]);
  });

  const write = (moment: number, id: string, before: string): Write => {
    return { kind: 'write', at: at(moment), uid: 'u', id, keys: [{ key: 'a', before }] };
  };
  const ended = (moment: number, id: string): HistoryRecord => {
    return { kind: 'outcome', at: at(moment), uid: 'u', id, written: true };
  };

  it('has what the last write replaced, beside what it brought, whatever the limit', () => {
    const [first, second, third] = [version(1), version(2, { write: 'w' }), version(4)];
    const ours = [second, write(2, 'w', 'sha 1'), ended(3, 'w')];
    assert.deepEqual(withinLimits([first, ...ours], 1), [first, ...ours]);
    const later = [third, version(5, { write: 'v' }), write(5, 'v', 'sha 4'), ended(5, 'v')];
    const left = [...ours.slice(1), ...later];
    assert.deepEqual(withinLimits([first, ...ours, ...later], 1), left);
    const unclear = [version(5, { write: 'v' }), write(5, 'v', 'sha 2')];
    const both = [first, ...ours, ...unclear];
    assert.deepEqual(withinLimits(both, 1), both, 'it may not have been the last one');
  });

  it('has versions of a ConfigMap that was created as those of that ConfigMap', () => {
    const created = version(1, { uid: '', write: 'w' });
    const outcome = ended(1, 'w');
    assert.deepEqual(withinLimits([created, outcome, version(2)], 1), [version(2)]);
    assert.deepEqual(withinLimits([created, version(2)], 1), [created, version(2)]);
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

  it('of one moment leave as ours first: what they replaced is nowhere else', () => {
    const [before, after] = [version(1), version(1, { sha256: 'ours', write: 'w' })];
    assert.deepEqual(withinBytes([before, after], 1), new Set([before]));
  });

  it('share a content without more bytes', () => {
    const shared = [1, 2, 3].map((moment) => version(moment, { sha256: 'same', bytes: 10 }));
    assert.deepEqual(withinBytes(shared, 10), new Set(shared));
    assert.deepEqual(withinBytes(shared, 9), new Set());
  });
});
