import assert from 'node:assert/strict';
import { FakeJobs } from '../../../test/fakes/fakeJobs.ts';
import { FakeWorkloads } from '../../../test/fakes/fakeWorkloads.ts';
import { refreshJobNamed } from '../../../test/fakes/jobs.ts';
import { workloadNamed } from '../../../test/fakes/workloads.ts';
import { JobCare } from './jobCare.ts';

const JOB = refreshJobNamed('refresh', { spec: { suspend: true, startingDeadlineSeconds: 3600 } });
const NEVER = new AbortController().signal;

function stage(time = '2026-11-24T02:30:00Z') {
  const workloads = new FakeWorkloads(JOB);
  const cluster = new FakeJobs(workloads);
  return { workloads, cluster, care: new JobCare(workloads, cluster, () => Date.parse(time)) };
}

describe('letting a suspended job go on', () => {
  it('starts a run that was missed within its deadline, and none after it', async () => {
    assert.equal((await stage().care.planResume(JOB, NEVER))?.missed, 'starts');
    assert.equal((await stage('2026-11-24T03:00:01Z').care.planResume(JOB, NEVER))?.missed, 'none');
  });

  it('goes by what the cluster holds now, and by the rules of its kind', async () => {
    const { workloads, care } = stage();
    const spec = { schedule: '0 3 * * *', timezone: 'UTC', startingDeadlineSeconds: 90_000 };
    const annotations = {
      'cronworkflows.argoproj.io/last-used-schedule': 'CRON_TZ=UTC 0 3 * * *',
    };
    const workflow = workloads.put(
      workloadNamed('CronWorkflow', 'refresh', {
        metadata: { annotations },
        spec,
        status: { lastScheduledTime: '2026-11-22T03:00:00Z' },
      }),
    );
    assert.equal((await care.planResume(workflow, NEVER))?.missed, 'starts');
    workloads.put({ ...JOB, uid: 'another' });
    assert.equal(await care.planResume(JOB, NEVER), undefined);
  });
});

describe('suspending a job, or letting it go on', () => {
  it('is done, or was done before', async () => {
    const { care, cluster } = stage();
    assert.equal((await care.setSuspended(JOB, false)).kind, 'done');
    assert.equal((await care.setSuspended(JOB, false)).kind, 'already');
    assert.equal((await care.setSuspended(JOB, true)).kind, 'done');
    assert.deepEqual(cluster.asked, ['resume refresh', 'suspend refresh']);
  });

  it('is done to that very job only', async () => {
    const { workloads, cluster, care } = stage();
    workloads.put({ ...JOB, uid: 'another' });
    assert.equal((await care.setSuspended(JOB, false)).kind, 'gone');
    assert.deepEqual(cluster.asked, []);
  });

  it('is found out by reading where no answer came', async () => {
    for (const [cut, kind] of [
      ['after', 'done'],
      ['before', 'notDone'],
    ] as const) {
      const { cluster, care } = stage();
      cluster.cut = cut;
      assert.equal((await care.setSuspended(JOB, false)).kind, kind);
    }
  });

  it('is not known where it cannot be read afterwards either', async () => {
    const { workloads, cluster } = stage();
    let reads = 0;
    const readWorkload: FakeWorkloads['readWorkload'] = async (ref, signal) => {
      if (reads++ > 0) throw new Error('lost');
      return await workloads.readWorkload(ref, signal);
    };
    cluster.cut = 'before';
    const care = new JobCare({ readWorkload }, cluster, () => 0);
    assert.deepEqual(await care.setSuspended(JOB, false), {
      kind: 'unclear',
      detail: 'socket hang up',
    });
  });
});
