import assert from 'node:assert/strict';
import { appliedSentence, isWhole, type ApplyOutcome } from './applyOutcome.ts';
import { deedOf, planCounts, planText, handedOver, type ApplyLine } from './applyPlan.ts';
import type { ManifestObject } from './manifestObject.ts';

const WHERE = { context: 'demo', namespace: 'argo' };

function object(kind: string): ManifestObject {
  return { ...WHERE, apiVersion: 'v1', kind, name: 'x', fields: {} };
}

/** An object as the server has it. */
function state(schedule: string, metadata: object = {}) {
  return { kind: 'CronJob', metadata: { name: 'x', ...metadata }, spec: { schedule }, status: {} };
}

function line(kind: string, of: Partial<ApplyLine>): ApplyLine {
  return { object: object(kind), before: undefined, after: undefined, conflicts: [], ...of };
}

const CREATED = line('Role', { after: state('1') });
const LATER = line('RoleBinding', {});
const SAME = line('ServiceAccount', {
  before: state('1', { resourceVersion: '1', generation: 1, managedFields: [] }),
  after: { ...state('1', { resourceVersion: '2', generation: 2 }), status: { active: [1] } },
});
const CHANGED = line('CronJob', {
  before: state('1', {
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:batch/CronJob:a/x' },
  }),
  after: state('2'),
  conflicts: [{ manager: 'deployer', field: '.spec.schedule' }],
});

describe('what applying would do', () => {
  it('is told by what differs beside the fields that the server keeps for itself', () => {
    assert.deepEqual([CREATED, LATER, SAME, CHANGED].map(deedOf), [
      'created',
      'created',
      'unchanged',
      'changed',
    ]);
  });

  it('is said in words: where, each object, whose fields, and who would take it back', () => {
    const plan = { where: WHERE, lines: [CREATED, LATER, SAME, CHANGED] };
    assert.equal(planCounts(plan), '2 to create, 1 to change, 1 as it is');
    assert.equal(
      planText(plan),
      [
        'Apply to the cluster of context demo, namespace argo.',
        '',
        '- Role argo/x will be created.',
        '- RoleBinding argo/x will be created, once what it needs is there.',
        '- ServiceAccount argo/x stays as it is.',
        '- CronJob argo/x will be changed.',
        '  deployer has set .spec.schedule.',
        '  The Argo CD application shop deploys it and may put back what it had.',
        '',
        'By server-side apply as cache-configmaps, in this order. It stops at the first that fails.',
        '',
      ].join('\n'),
    );
  });

  it('says whose refresh an object was, where it becomes that of another cache or key', () => {
    const labelled = (cache: string, key: string) =>
      state('1', {
        labels: {
          'cache-configmaps.dev/refreshed-cache': cache,
          'cache-configmaps.dev/refreshed-key': key,
        },
      });
    const text = (before: ApplyLine['before'], after: ApplyLine['after']) =>
      planText({ where: WHERE, lines: [line('CronJob', { before, after })] });
    const words = /It belongs to the refresh of some-cache: a.json, which it would serve no more\./;
    const ours = labelled('some-cache', 'a.json');
    assert.match(text(ours, labelled('some', 'cache.a.json')), words);
    assert.match(text(ours, labelled('some-cache', 'b.json')), words);
    assert.match(text(ours, state('1')), words);
    for (const before of [ours, state('1'), undefined]) {
      assert.doesNotMatch(text(before, ours), /belongs to/);
    }
  });
});

describe('what kubectl would hand over and we would not', () => {
  const annotated = (annotations: object) => line('Role', { before: state('1', { annotations }) });

  it('is told of an object that was applied from a client, and of no other', () => {
    const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    assert.match(
      handedOver(annotated(applied)).join(),
      /^Role argo\/x was once applied by kubectl/,
    );
    for (const other of [annotated({ a: 'b' }), SAME, CREATED]) {
      assert.deepEqual(handedOver(other), []);
    }
  });
});

describe('how applying ended', () => {
  const ended = (...outcomes: readonly ApplyOutcome[]) =>
    outcomes.map((outcome) => ({ object: object('Role'), outcome }));

  it('is whole only where every object is as it should be', () => {
    assert.ok(isWhole(ended({ kind: 'created' }, { kind: 'changed' }, { kind: 'unchanged' })));
    const others = [
      { kind: 'failed', words: 'x' },
      { kind: 'unclear', words: 'x' },
      { kind: 'notTried' },
    ] as const;
    for (const other of others) assert.ok(!isWhole(ended({ kind: 'created' }, other)));
  });

  it('begins with what did not go well, and leaves out no object', () => {
    assert.equal(
      appliedSentence(
        ended({ kind: 'created' }, { kind: 'failed', words: 'it is full' }, { kind: 'notTried' }),
        WHERE,
      ),
      'In context demo, namespace argo: Role argo/x was not applied: it is full. Created: Role x. Not tried: Role x.',
    );
    assert.match(
      appliedSentence(ended({ kind: 'unclear', words: 'it broke' }), WHERE),
      /^In context demo, namespace argo: Whether Role argo\/x was applied is not known: it broke\./,
    );
  });
});
