import assert from 'node:assert/strict';
import { readingWorkload, useWith } from '../../../test/fakes/workloads.ts';
import type { Restarted, RestartOutcome } from './restarts.ts';
import { isRenewed, isTroubled, restartSentences, wasRestarted } from './restartWords.ts';

const RENEWED: RestartOutcome = { kind: 'done', isOvertaken: false, oldPods: [] };
const OTHERS: readonly RestartOutcome[] = [
  { ...RENEWED, oldPods: ['web-1'] },
  { ...RENEWED, oldPods: undefined },
  { kind: 'failed', words: 'made no progress', cause: 'exceeded quota' },
  { kind: 'failed', words: 'made no progress', cause: undefined },
  { kind: 'refused', words: 'You may not patch it.' },
  { kind: 'gone' },
  { kind: 'left' },
  { kind: 'unseen' },
  { kind: 'unclear', words: 'is not restarted so far' },
];

const ended = (name: string, outcome: RestartOutcome): Restarted => ({
  reader: { workload: readingWorkload('Deployment', name), uses: [useWith()] },
  outcome,
});
/** What is said of one that ended in that way. */
const said = (outcome: RestartOutcome) => {
  const [sentence, ...more] = restartSentences([ended('web', outcome)]);
  assert.deepEqual(more, []);
  return sentence ?? '';
};

describe('Every pod of a reader is new', () => {
  it('only where that is known', () => {
    assert.ok(isRenewed(ended('web', RENEWED)));
    for (const outcome of [...OTHERS, { kind: 'notStarted' } as const]) {
      assert.ok(!isRenewed(ended('web', outcome)), outcome.kind);
    }
  });
});

describe('A reader that was restarted', () => {
  it('is one whose request was taken, or may have been, however it ended', () => {
    const all = [RENEWED, ...OTHERS, { kind: 'notStarted' } as const];
    const restarted = all.filter((outcome) => wasRestarted(ended('web', outcome)));
    assert.deepEqual(
      [...new Set(restarted.map(({ kind }) => kind))],
      ['done', 'failed', 'left', 'unseen', 'unclear'],
    );
  });
});

describe('A reader that did not come out well', () => {
  it('is one that failed, was refused or left, whose end is unclear, or that has pods from before', () => {
    const troubled = [RENEWED, ...OTHERS, { kind: 'notStarted' } as const].filter((outcome) =>
      isTroubled(ended('web', outcome)),
    );
    assert.deepEqual(
      troubled.map(({ kind }) => kind),
      ['done', 'failed', 'failed', 'refused', 'left', 'unclear'],
    );
    assert.deepEqual(troubled[0], OTHERS[0]);
  });
});

describe('How a restart ended', () => {
  it('is said in a sentence of its own for each way', () => {
    const outcomes = [RENEWED, ...OTHERS, { kind: 'notStarted' } as const];
    const sentences = outcomes.map(said);
    assert.equal(new Set(sentences).size, outcomes.length);
    for (const sentence of sentences) {
      assert.ok(sentence.includes('Deployment web'), sentence);
      assert.match(sentence, /^[A-Z][^.]*\.$/, 'with one dot, at its end');
    }
  });

  it('has the words of the cluster, and the cause', () => {
    assert.match(said(OTHERS[2] ?? RENEWED), /made no progress: exceeded quota\.$/);
    assert.match(said(OTHERS[3] ?? RENEWED), /made no progress\.$/);
    assert.match(said({ kind: 'refused', words: 'no...' }), /not restarted: no\.$/);
    assert.equal(said({ kind: 'unclear', words: 'may be...' }), 'Deployment web may be.');
  });

  it('names pods from before, one or many', () => {
    assert.match(said({ ...RENEWED, oldPods: ['web-1'] }), /web-1 of it is from before/);
    assert.match(
      said({ ...RENEWED, oldPods: ['web-1', 'web-2'] }),
      /web-1 and web-2 of it are from before/,
    );
  });

  it('names pods that a partition keeps, which is no trouble', () => {
    const parted = { ...RENEWED, keptPods: ['web-0', 'web-1'] };
    assert.match(
      said(parted),
      /every other pod started .*; below the partition: web-0 and web-1\.$/,
    );
    assert.ok(isRenewed(ended('web', parted)));
    assert.ok(!isTroubled(ended('web', parted)));
    const late = said({ ...parted, oldPods: ['web-2'] });
    assert.match(late, /web-2 of it is from before; below the partition: web-0 and web-1\.$/);
  });

  it('never says that something was restarted where that is not known', () => {
    assert.match(said({ kind: 'refused', words: 'no' }), /not restarted/);
    assert.match(said({ kind: 'notStarted' }), /^Not restarted/);
  });

  it('is said of all that went well together, after the others', () => {
    const failed: RestartOutcome = { kind: 'failed', words: 'made no progress', cause: undefined };
    const sentences = restartSentences([
      ended('a', RENEWED),
      ended('b', { kind: 'notStarted' }),
      ended('c', failed),
      ended('d', RENEWED),
      ended('e', { kind: 'notStarted' }),
    ]);
    const [first = '', second = '', third = '', ...more] = sentences;
    assert.deepEqual(more, []);
    assert.match(first, /Deployment c/);
    assert.match(second, /^Deployment a and Deployment d: every pod started after the write\.$/);
    assert.match(third, /^Not restarted: Deployment b and Deployment e\.$/);
  });

  it('adds whom somebody else changed meanwhile', () => {
    const sentences = restartSentences([
      ended('a', { ...RENEWED, isOvertaken: true }),
      ended('b', RENEWED),
      ended('c', { ...RENEWED, isOvertaken: true, oldPods: ['old'] }),
    ]);
    const added = sentences.filter((sentence) => sentence.startsWith('Somebody else'));
    assert.equal(added.length, 2);
    assert.ok(added.every((sentence) => !sentence.includes('Deployment b')));
    assert.deepEqual(sentences.slice(-2), added, 'at the end');
  });

  it('is nothing where nothing was restarted', () => {
    assert.deepEqual(restartSentences([]), []);
  });
});
