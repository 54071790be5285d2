import assert from 'node:assert/strict';
import type { HistoryRecord } from '../history/history.ts';
import { Past } from '../history/past.ts';
import { earlierOf } from './earlier.ts';

const CREATED = '2026-11-24T05:00:00Z';
const PRESENT = { uid: 'present', createdAt: CREATED };
const hour = (number: number) => `2026-11-24T0${number}:00:00.000Z`;

/** What was known of a ConfigMap at that hour. */
const seen = (at: number, uid: string, immutable: boolean): HistoryRecord => ({
  ...{ kind: 'snapshot', at: hour(at), uid, labels: {}, annotations: {}, immutable, keys: [] },
});
const content = (at: number, uid: string): HistoryRecord => ({
  ...{ kind: 'version', at: hour(at), uid, key: 'a', sha256: 'x', bytes: 1 },
  ...{ stored: 'text', facts: {} },
});
const of = (...records: readonly HistoryRecord[]) => earlierOf(new Past(records), PRESENT);

describe('An earlier ConfigMap of the name', () => {
  it('was immutable where the history says so, and counts until the present one was created', () => {
    const found = of(seen(1, 'old', true), content(1, 'old'), seen(6, 'present', false));
    assert.deepEqual(found, { until: Date.parse(CREATED), isCertain: true });
  });

  it('was immutable also where it became that later', () => {
    const found = of(seen(1, 'old', false), seen(2, 'old', true));
    assert.equal(found?.isCertain, true);
  });

  it('is followed by its name where it could be changed', () => {
    assert.equal(of(seen(1, 'old', false), content(2, 'old')), undefined);
    assert.equal(of(seen(1, 'older', false), seen(2, 'old', false)), undefined);
  });

  it('counts no longer than until another came between it and the present one', () => {
    const records = [seen(1, 'old', true), seen(3, 'between', false), content(4, 'between')];
    assert.deepEqual(of(...records), { until: Date.parse(hour(3)), isCertain: true });
    // The clock of this machine is ahead: the cluster knows better.
    const ahead = [seen(1, 'old', true), seen(7, 'between', false)];
    assert.equal(of(...ahead)?.until, Date.parse(CREATED));
  });

  it('may have been immutable where nothing is known of it, or not all', () => {
    const doubtful = { until: Date.parse(CREATED) - 1000, isCertain: false };
    assert.deepEqual(of(), doubtful);
    assert.deepEqual(of(seen(6, 'present', false)), doubtful, 'the present one is no earlier one');
    assert.deepEqual(of(content(1, 'old')), doubtful);
    assert.deepEqual(of(content(1, 'old'), seen(2, 'newer', false)), doubtful);
  });
});
