import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import { jobOf, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { jobsOfCache } from './jobRow.ts';
import { RememberedJobs } from './rememberedJobs.ts';

const SEEN = Date.parse('2026-11-24T11:00:00Z');
const LATER = SEEN + 300_000;
const job = jobOf(refreshJobNamed('refresh'), [
  runNamed('refresh-1', {
    of: 'refresh',
    began: '2026-11-24T02:00:00Z',
    end: { type: 'Failed', at: '2026-11-24T02:01:00Z' },
  }),
]);
const failed = { jobs: [job], unknown: [] };

describe('the mark of a cache whose job failed', () => {
  it('stays when nobody follows its jobs any more, and says of when it is', () => {
    const remembered = new RememberedJobs();
    const at = (known: typeof failed | undefined, now: number) =>
      jobsOfCache(cacheWith({}), remembered.latest(REF, known, now), now).parts;
    assert.deepEqual(at(failed, SEEN), ['refresh job failed']);
    assert.deepEqual(at(undefined, LATER), ['refresh job failed, as of 5 min ago']);
    const asking = { jobs: [{ ...job, runs: undefined }], unknown: [] };
    const half = remembered.latest(REF, asking, LATER);
    assert.equal(half?.asOf, SEEN);
  });

  it('is no reason to pass over a job that is new', () => {
    const remembered = new RememberedJobs();
    remembered.latest(REF, { jobs: [], unknown: [] }, SEEN);
    const asking = { jobs: [{ ...job, runs: undefined }], unknown: [] };
    assert.equal(remembered.latest(REF, asking, LATER), asking);
  });

  it('goes when better is known, or the cache is gone', () => {
    const remembered = new RememberedJobs();
    remembered.latest(REF, failed, SEEN);
    const well = { jobs: [], unknown: [] };
    assert.equal(remembered.latest(REF, well, LATER), well);
    assert.deepEqual(remembered.latest(REF, undefined, LATER), { ...well, asOf: LATER });
    remembered.forget(REF);
    assert.equal(remembered.latest(REF, undefined, LATER), undefined);
  });
});
