import assert from 'node:assert/strict';
import { parse, parseAllDocuments } from 'yaml';
import { chance } from '../../../test/fakes/chance.ts';
import { hostileText } from '../../../test/fakes/hostileTexts.ts';
import { assertArrives } from '../../../test/scaffold/arrival.ts';
import { environmentOf, expanded } from '../../../test/scaffold/refreshRuns.ts';
import { noteOnJobUrl, problemOfJobUrl, REFRESH_IMAGE, type RefreshJob } from './refreshJob.ts';
import { refreshJobFiles, refreshJobInOneFile } from './refreshJobFiles.ts';
import { refreshJobObjects } from './refreshJobObjects.ts';
import { LONGEST_RUN_SECONDS } from './refreshPod.ts';
import { REFRESH_SCRIPT } from './refreshScript.ts';

const JOB: RefreshJob = {
  cache: { namespace: 'argo', name: 'workflow-cache' },
  key: 'mappings.json',
  format: 'JSON',
  url: 'https://user.example/repo-mappings?token=x',
  schedule: '0 2 * * *',
  timeZone: 'UTC',
  header: undefined,
  maxAge: undefined,
  restarts: [],
  image: REFRESH_IMAGE,
};

const objects = refreshJobObjects(JOB);
const { spec } = objects.cronJob;
const job = spec.jobTemplate.spec;
const pod = job.template.spec;
const [container] = pod.containers;

describe('the objects of a refresh job', () => {
  it('D4: are all in the namespace of the cache', () => {
    for (const { metadata } of Object.values(objects)) assert.equal(metadata.namespace, 'argo');
    assert.equal(environmentOf(container?.env ?? [])['NAMESPACE'], 'argo');
  });

  it('D13, D20, D21, D22: run one at a time, in a zone, and end', () => {
    assert.equal(spec.timeZone, 'UTC');
    assert.equal(spec.concurrencyPolicy, 'Forbid');
    assert.equal(spec.startingDeadlineSeconds, 3600);
    assert.equal(job.activeDeadlineSeconds, 600);
  });

  it('D13: end with a reason before the deadline, and so do the tries', () => {
    const between = 10;
    assert.ok(2 * LONGEST_RUN_SECONDS + between <= job.activeDeadlineSeconds);
    const { RUN_SECONDS, FETCHING_SECONDS } = environmentOf(container?.env ?? []);
    assert.ok(Number(FETCHING_SECONDS) < Number(RUN_SECONDS));
    assert.ok(Number(RUN_SECONDS) < LONGEST_RUN_SECONDS);
  });

  it('D13: a try leaves time for others, and a connection for its answer', () => {
    const environment = environmentOf(container?.env ?? []);
    const seconds = (name: string) => Number(environment[`${name}_SECONDS`]);
    assert.ok(2 * seconds('CONNECT') <= seconds('FETCH'));
    assert.ok(2 * seconds('FETCH') <= seconds('FETCHING'));
    assert.ok(Number(environment['RETRIES']) > 0);
  });

  it('D26: have room for the largest map, several times over, and no more than a little', () => {
    const mebibytes = (text: string | undefined) => Number(/^(\d+)Mi$/.exec(text ?? '')?.[1]);
    const limits = [
      mebibytes(container?.resources.limits.memory),
      mebibytes(pod.volumes[0]?.emptyDir?.sizeLimit),
    ];
    for (const limit of limits) assert.ok(limit >= 32 && limit <= 256, String(limit));
  });

  it('run as nobody, where the image is root, and without variables of services', () => {
    assert.equal(pod.securityContext.runAsUser, 65_534);
    assert.equal(pod.enableServiceLinks, false);
  });

  it('D23, D24: keep the pods of failures, few times, for a while', () => {
    assert.equal(pod.restartPolicy, 'Never');
    assert.equal(job.backoffLimit, 1);
    assert.equal(job.ttlSecondsAfterFinished, 604_800);
    assert.equal(spec.failedJobsHistoryLimit, 3);
    assert.equal(spec.successfulJobsHistoryLimit, 3);
    assert.equal(container?.terminationMessagePolicy, 'FallbackToLogsOnError');
  });

  it('D10: a restart that failed is not hidden by a second try at once', () => {
    assert.deepEqual(job.podFailurePolicy.rules, [
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } },
    ]);
    assert.match(REFRESH_SCRIPT, /restarted:\$failed" 3$/m);
  });

  it('D15: have an image with a tag that is a version', () => {
    assert.match(REFRESH_IMAGE, /:\d+\.\d+\.\d+$/);
    assert.equal(container?.imagePullPolicy, 'IfNotPresent');
  });

  it('D25, D26: have a read-only root, what the script writes in a volume, and limits', () => {
    assert.equal(container?.securityContext.readOnlyRootFilesystem, true);
    const { HOME, TMPDIR } = environmentOf(container.env);
    assert.deepEqual([HOME, TMPDIR], ['/tmp', '/tmp']);
    assert.deepEqual(container.volumeMounts, [{ name: 'scratch', mountPath: '/tmp' }]);
    assert.deepEqual(
      pod.volumes.map(({ name }) => name),
      ['scratch'],
    );
    assert.deepEqual(Object.keys(container.resources), ['requests', 'limits']);
  });

  it('D18, D19, D32: may create and patch the one map, and no more', () => {
    assert.deepEqual(objects.role.rules, [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['workflow-cache'],
        verbs: ['create', 'patch'],
      },
    ]);
  });

  it('D33: may patch the readers that are to be restarted, by name', () => {
    const { role, cronJob } = refreshJobObjects({
      ...JOB,
      restarts: [
        { kind: 'Deployment', name: 'web' },
        { kind: 'Rollout', name: 'api' },
        { kind: 'Deployment', name: 'app' },
      ],
    });
    assert.deepEqual(role.rules.slice(1), [
      {
        apiGroups: ['apps'],
        resources: ['deployments'],
        resourceNames: ['web', 'app'],
        verbs: ['patch'],
      },
      {
        apiGroups: ['argoproj.io'],
        resources: ['rollouts'],
        resourceNames: ['api'],
        verbs: ['patch'],
      },
    ]);
    const env = cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.env ?? [];
    assert.equal(environmentOf(env)['RESTARTS'], 'Deployment/web Rollout/api Deployment/app');
  });

  it('D34: the token is in the pod that needs it, and in no other of the account', () => {
    assert.equal(objects.serviceAccount.automountServiceAccountToken, false);
    assert.equal(pod.automountServiceAccountToken, true);
  });

  it('D31: have labels that join them with each other and with their cache', () => {
    const labels = {
      'app.kubernetes.io/name': 'cache-refresh',
      'app.kubernetes.io/instance': 'refresh-workflow-cache-mappings-json',
      'app.kubernetes.io/part-of': 'workflow-cache',
      'cache-configmaps.dev/refreshed-cache': 'workflow-cache',
      'cache-configmaps.dev/refreshed-key': 'mappings.json',
    };
    const all = [...Object.values(objects), spec.jobTemplate, job.template];
    for (const { metadata } of all) assert.deepEqual(metadata.labels, labels);
  });

  it('D14: a header is in a Secret that is named, and comes as a file', () => {
    const { cronJob } = refreshJobObjects({ ...JOB, header: { secret: 's', key: 'k' } });
    const { volumes, containers } = cronJob.spec.jobTemplate.spec.template.spec;
    assert.deepEqual(volumes.at(-1), {
      name: 'secret',
      secret: { secretName: 's', items: [{ key: 'k', path: 'header' }], optional: true },
    });
    assert.deepEqual(containers[0]?.volumeMounts.at(-1), {
      name: 'secret',
      mountPath: '/secret',
      readOnly: true,
    });
    const environment = environmentOf(containers[0].env);
    assert.equal(environment['SOURCE_HEADER'], '/secret/header');
  });

  it('D14, D29: a password in a URL is refused, since a manifest is for all to read', () => {
    assert.equal(problemOfJobUrl('https://example.com/a?b=c'), undefined);
    assert.match(problemOfJobUrl('https://u:p@example.com/') ?? '', /put a header into a Secret/);
    assert.match(problemOfJobUrl('ftp://example.com/') ?? '', /Only http and https/);
  });

  it('says of an address of this machine that it is another one in a pod', () => {
    for (const host of [
      'localhost:8080',
      'a.localhost',
      '127.0.0.1',
      '127.1',
      '[::1]:80',
      'LOCALHOST',
    ]) {
      assert.match(noteOnJobUrl(`http://${host}/a`) ?? '', /is the pod itself/, host);
    }
    for (const text of [
      'http://localhost.example.com/',
      'http://10.0.0.1/',
      'http://source/',
      '',
      'x',
    ]) {
      assert.equal(noteOnJobUrl(text), undefined, text);
    }
  });
});

describe('the script', () => {
  it('D16: has no option that only some shells know, and is as it is whatever the kubelet replaces', () => {
    assert.doesNotMatch(REFRESH_SCRIPT, /pipefail|\[\[ |^\s*local\b/m);
    const variables = environmentOf(container?.env ?? []);
    assert.equal(expanded(REFRESH_SCRIPT, variables), REFRESH_SCRIPT);
  });

  it('is the same whatever was typed', () => {
    const other = refreshJobObjects({ ...JOB, key: 'x', format: 'text', maxAge: '$(id)' });
    const command = other.cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.command;
    assert.deepEqual(command, ['sh', '-c', REFRESH_SCRIPT]);
  });
});

describe('the files of a refresh job', () => {
  it('D1, D2: are one for each object, that parse to it', () => {
    const files = refreshJobFiles(JOB);
    assert.deepEqual(
      files.map(({ name }) => name),
      [
        'serviceaccount.yaml',
        'role.yaml',
        'rolebinding.yaml',
        'cronjob.yaml',
        'kustomization.yaml',
      ],
    );
    for (const [index, object] of Object.values(objects).entries()) {
      assert.deepEqual(parse(files[index]?.text ?? ''), object);
    }
    assert.match(files[3]?.text ?? '', /^ {2}schedule: "0 2 \* \* \*" # daily at 02:00, UTC$/m);
    assert.match(files[3]?.text ?? '', /^ +image: alpine\/k8s:\S+ # .*@sha256:/m);
    assert.match(files[3]?.text ?? '', /^ +- \|\n +# Brings one key/m);
  });

  it('give back 5,000 hostile inputs, through YAML 1.1 and 1.2 and the kubelet', () => {
    const below = chance(11);
    for (let number = 0; number < 500; number++) {
      const wanted = hostileJob(() => hostileText(below));
      const text = refreshJobInOneFile(wanted);
      for (const version of ['1.1', '1.2'] as const) {
        const documents = parseAllDocuments(text, { version, merge: false });
        assert.ok(Array.isArray(documents));
        const found = documents.map((document) => document.toJS() as unknown);
        assert.deepEqual(found, Object.values(refreshJobObjects(wanted)));
      }
      const { cronJob, role } = refreshJobObjects(wanted);
      assert.deepEqual(
        [cronJob.metadata.namespace, cronJob.spec.schedule, cronJob.spec.timeZone],
        [wanted.cache.namespace, wanted.schedule, wanted.timeZone],
      );
      const { containers, volumes } = cronJob.spec.jobTemplate.spec.template.spec;
      assertArrives(wanted, { container: containers[0], volumes, rules: role.rules });
    }
  });
});

/** Ten inputs, most of which the forms before this would refuse. */
function hostileJob(text: () => string): RefreshJob {
  const url = new URL('https://example.com/');
  url.pathname = text();
  url.search = text();
  return {
    cache: { namespace: text(), name: text() },
    key: text(),
    format: 'JSON',
    url: `${url.href}$(KEY)$$`,
    schedule: text(),
    timeZone: text(),
    header: { secret: text(), key: text() },
    maxAge: text(),
    restarts: [{ kind: 'Deployment', name: text() }],
    image: text(),
  };
}
