import assert from 'node:assert/strict';
import { cacheWith, REF } from '../../../test/fakes/caches.ts';
import { HOSTILE_FLOOD, HOSTILE_WORDS, UNRULY } from '../../../test/fakes/hostileTexts.ts';
import { attemptNamed, jobOf, refreshJobNamed, runNamed } from '../../../test/fakes/jobs.ts';
import { podOf, readingWorkload, rolloutWith, useWith } from '../../../test/fakes/workloads.ts';
import { Failure } from '../../domain/failure.ts';
import { ownerSentence } from '../../domain/owners.ts';
import { clusterEventOf, eventLine } from '../../domain/readers/clusterEvent.ts';
import { restartLineOf } from '../../domain/readers/restartLine.ts';
import { lineWords } from '../../domain/readers/restartText.ts';
import { causeOf } from '../../domain/readers/rolloutCause.ts';
import { progressOf } from '../../domain/readers/rolloutProgress.ts';
import { jobWords } from '../../operations/jobs/jobWords.ts';
import { restartSentences } from '../../operations/restarts/restartWords.ts';
import type { Node } from './node.ts';
import { render } from './render.ts';

const CHANGE = { isImmutable: false };
const SUMMARY = cacheWith({});

/** Every text of a row: its label, its description and the lines of its tooltip. */
function textsOf(node: Node): readonly string[] {
  const nothing = () => undefined;
  const known = { detail: nothing, readers: nothing, jobs: nothing, mayChange: () => true };
  const { label, description, tooltip } = render(node, { ...known, now: 0, jobWords });
  return [label, description, ...tooltip()];
}

/** The row of a Rollout whose controller says why it is degraded, and one place of which is named at will. */
function readerRow(words: string) {
  const rollout = rolloutWith({ available: 0, phase: 'Degraded', message: words });
  const workload = { ...readingWorkload('Rollout', 'web'), rollout };
  const place = { way: 'volume', place: words, mountPath: words, subPath: words } as const;
  const reader = { workload, uses: [useWith({ ...place, keys: [words] })] };
  return textsOf({ kind: 'reader', ref: REF, reader, change: CHANGE, pods: [], stale: [] });
}

/** The row of a job whose schedule is none, and whose last run left a message. */
function jobRow(words: string) {
  const began = '2026-11-24T02:00:00Z';
  const end = { type: 'Failed', at: began, message: words } as const;
  const parts = [
    runNamed('run', { of: 'refresh', began, end }),
    attemptNamed('pod', {
      of: 'run',
      phase: 'Failed',
      state: { terminated: { exitCode: 1, message: words } },
    }),
  ];
  const job = jobOf(refreshJobNamed('refresh', { spec: { schedule: words } }), parts);
  return textsOf({ kind: 'job', ref: REF, summary: SUMMARY, job });
}

/** The row in the place of what could not be read. */
function noticeRow(words: string) {
  const failure = new Failure(words, { reason: 'Invalid', nextStep: 'retry', detail: words });
  return textsOf({ kind: 'notice', under: 'x', sight: { kind: 'failure', failure } });
}

const RESTARTED = { workload: readingWorkload('Deployment', 'web'), uses: [useWith()] };

/** What is said where a rollout failed, and others were not started for it. */
function restartReport(cause: string | undefined, words = 'made no progress') {
  return restartSentences([
    { reader: RESTARTED, outcome: { kind: 'failed', words, cause } },
    { reader: RESTARTED, outcome: { kind: 'notStarted' } },
  ]).join(' ');
}

/** Of a Rollout that Argo says to be degraded, and why. */
function degraded(message: string) {
  const state = rolloutWith({ available: 0, phase: 'Degraded', message });
  const progress = progressOf('Rollout', state);
  return progress.kind === 'failed' ? restartReport(undefined, progress.words) : '';
}

const refusing = (message: string) => ({
  rollout: rolloutWith({
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
  }),
});
const waiting = (message: string) => {
  const state = { waiting: { reason: 'ImagePullBackOff', message } };
  return podOf('ReplicaSet', 'web', {
    pod: 'web-1',
    status: { containerStatuses: [{ name: 'app', state }] },
  });
};
const event = (message: string) =>
  clusterEventOf({ type: 'Warning', reason: 'FailedCreate', message, count: 3 });

/** The line of a reader that Helm deploys, under a name that nobody checks. */
function restartLine(release: string) {
  const deployers = [{ kind: 'helm', release } as const];
  const reader = { ...RESTARTED, workload: { ...RESTARTED.workload, deployers } };
  return lineWords(
    restartLineOf(reader, CHANGE, () => false),
    CHANGE,
  );
}

const SENTENCES: readonly (readonly [
  what: string,
  shown: (words: string) => string,
  after: RegExp,
])[] = [
  ['a condition', (words) => restartReport(causeOf(refusing(words), [], [])), /Not restarted: /],
  ['a pod', (words) => restartReport(causeOf({}, [waiting(words)], [])), /Not restarted: /],
  ['an event', (words) => restartReport(causeOf({}, [], [event(words)])), /Not restarted: /],
  ['the controller of a Rollout', degraded, /Not restarted: /],
  ['a Helm release', restartLine, /you may not patch this$/],
  [
    'an Argo CD application',
    (application) => ownerSentence({ kind: 'argoCd', application }),
    /may put back what it had/,
  ],
  [
    'an owner',
    (name) => ownerSentence({ kind: 'object', owner: { kind: 'Shop', name } }),
    /may put back what it had/,
  ],
];

describe('What somebody has a cluster say', () => {
  for (const [what, rowOf] of [
    ['a reader', readerRow],
    ['a job', jobRow],
    ['what could not be read', noticeRow],
  ] as const) {
    it(`begins no other line in the row of ${what} and its tooltip, and turns nothing around`, () => {
      const texts = rowOf(HOSTILE_WORDS);
      assert.ok(
        texts.some((text) => text.includes('said [Click](command:')),
        'it is seen as text',
      );
      for (const text of texts) assert.doesNotMatch(text, UNRULY);
    });
  }

  for (const [what, shown, after] of SENTENCES) {
    it(`by ${what} is a part of a sentence, however long, and what comes after it is seen`, () => {
      for (const words of [HOSTILE_WORDS, HOSTILE_FLOOD]) {
        const sentence = shown(words);
        assert.match(sentence, /said \[Click\]/);
        assert.match(sentence, after);
        assert.doesNotMatch(sentence, UNRULY);
        // What VS Code shows of a notification.
        assert.ok(sentence.length < 1000);
      }
    });
  }

  it('by an event is one line, so that nobody makes up another', () => {
    const line = eventLine(event(HOSTILE_WORDS));
    assert.doesNotMatch(line, UNRULY);
    assert.match(line, /said \[Click\].*\(3 times\)$/);
  });
});
