import assert from 'node:assert/strict';
import { Failure } from '../failure.ts';
import { readingWorkload, useWith } from '../../../test/fakes/workloads.ts';
import { restartLineOf } from './restartLine.ts';
import {
  afterWriteSentences,
  brokenSentence,
  lineWords,
  listOf,
  farSentence,
  readersSentence,
  stuckSentence,
  unknownSentence,
  wantedSentence,
  worstFirst,
} from './restartText.ts';
import type { WorkloadKind } from './workload.ts';

const CHANGE = { isImmutable: false, keys: ['a'] };
const reader = (name: string, keys = ['a'], kind: WorkloadKind = 'Deployment') => ({
  workload: readingWorkload(kind, name),
  uses: [useWith({ keys })],
});
const line = (name: string, mayPatch = true) => restartLineOf(reader(name), CHANGE, () => mayPatch);

describe('Names in a row', () => {
  const table: readonly (readonly [names: readonly string[], words: string])[] = [
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd'], 'a, b, c and d'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and 1 other'],
    [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d and 2 others'],
  ];
  for (const [names, words] of table) {
    it(`are for ${names.length} of them what one would say`, () => {
      assert.equal(listOf(names), words);
    });
  }

  it('are no more than fit, and those that are left out are counted', () => {
    const names = Array.from({ length: 1004 }, (_, number) => `name-${number}`);
    assert.match(listOf(names), /and 1,000 others$/);
  });
});

describe('Who reads what is about to be changed', () => {
  it('is said in a sentence, with what it needs', () => {
    const sentence = readersSentence([reader('web'), reader('api')], CHANGE) ?? '';
    assert.match(sentence, /^Read by Deployment web \(.*restart.*\) and Deployment api \(.*\)\.$/);
  });

  it('is not who reads other keys, and nobody where all do', () => {
    const sentence = readersSentence([reader('web'), reader('api', ['b'])], CHANGE) ?? '';
    assert.ok(sentence.includes('web') && !sentence.includes('api'));
    assert.equal(readersSentence([reader('api', ['b'])], CHANGE), undefined);
    assert.equal(readersSentence([], CHANGE), undefined);
  });
});

describe('Those who need something', () => {
  const MOUNTED = { way: 'volume', mountPath: '/cache', keys: ['a'] } as const;
  const live = { ...reader('live'), uses: [useWith(MOUNTED)] };
  const other = reader('other', ['b']);

  it('stand first, and those of the same need as they were', () => {
    const given = [other, live, reader('one'), reader('two')];
    const names = worstFirst(given, CHANGE).map(({ workload }) => workload.ref.name);
    assert.deepEqual(names, ['one', 'two', 'other', 'live']);
    const sentence = readersSentence(given, CHANGE) ?? '';
    assert.match(sentence, /one.*two.*live/);
  });

  it('are named with what restarts them', () => {
    const byTool = { ...reader('web'), restarters: { match: 'Reloader' } as const };
    assert.match(
      readersSentence([byTool], { ...CHANGE, mark: 'match' }) ?? '',
      /restart.*, Reloader restarts it\)/,
    );
  });
});

describe('Who cannot do without a key', () => {
  const required = (name: string, key: string) => ({
    workload: readingWorkload('Deployment', name),
    uses: [useWith({ keys: ['other'], requiredKeys: [key] }), useWith({ keys: ['c'] })],
  });

  it('is said in a sentence, where that key is removed', () => {
    const sentence = brokenSentence([required('web', 'a'), required('api', 'b')], ['a', 'x']) ?? '';
    assert.ok(['a', 'x', 'web'].every((part) => sentence.includes(part)));
    assert.ok(!sentence.includes('api') && sentence.endsWith('.'));
  });

  it('is nobody where nothing is removed, or the key may be absent', () => {
    assert.equal(brokenSentence([required('web', 'a')], []), undefined);
    assert.equal(brokenSentence([required('web', 'a')], ['c']), undefined);
    assert.equal(brokenSentence([reader('web')], ['a']), undefined);
  });
});

describe('Who is not reached by a restart', () => {
  it('is said with why, of those that would need one', () => {
    const sentence = stuckSentence([line('web'), line('api', false)]) ?? '';
    assert.match(sentence, /Deployment api \(.*may not.*\)\.$/);
    assert.ok(!sentence.includes('web'));
  });

  it('is nobody who follows the cache or reads other keys', () => {
    const of = (one: ReturnType<typeof reader>) => restartLineOf(one, CHANGE, () => false);
    const live = { ...reader('live'), uses: [useWith({ way: 'volume', mountPath: '/x' })] };
    assert.equal(stuckSentence([of(live), of(reader('other', ['b']))]), undefined);
    assert.match(stuckSentence([of(reader('load', ['a'], 'Job'))]) ?? '', /Job load/);
    assert.equal(stuckSentence([]), undefined);
  });
});

describe('What is not known of readers', () => {
  const because = (reason: 'Forbidden' | 'Unreachable') => (kind: string) => ({
    kind,
    failure: new Failure('Said elsewhere.', { reason, nextStep: 'retry' }),
  });

  it('is said by the kinds that may not be seen, and not at all where all is known', () => {
    const forbidden = ['Pod', 'Rollout'].map(because('Forbidden'));
    assert.match(unknownSentence(forbidden) ?? '', /you may not see them: Pod, Rollout\.$/);
    assert.equal(unknownSentence([]), undefined);
  });

  it('is said of other namespaces apart', () => {
    assert.match(
      farSentence([{ kind: 'Pod' }, { kind: 'Job' }]),
      /^Other namespaces .*Pod, Job\.$/,
    );
    assert.equal(farSentence([]), '');
  });

  it('is no matter of rights where the cluster does not answer', () => {
    const both = [because('Unreachable')('Pod'), because('Forbidden')('Job')];
    const [rights = '', answer = ''] = (unknownSentence(both) ?? '').split('. ');
    assert.match(rights, /may not see them: Job$/);
    assert.match(answer, /could not be read: Pod\.$/);
    assert.ok(!/may not/.test(answer));
  });
});

describe('What is said of readers after a write', () => {
  const failure = new Failure('Said elsewhere.', { reason: 'Forbidden', nextStep: 'retry' });
  const unknown = [{ kind: 'Pod', failure }];
  const lines = [line('web'), line('api', false)];

  it('is who needs a restart, who is not reached, and what is not known', () => {
    const [needs = '', stuck = '', blind = '', ...more] = afterWriteSentences(
      { lines, unknown },
      CHANGE,
    );
    assert.deepEqual(more, []);
    assert.match(needs, /^Deployment web needs a restart/);
    assert.match(stuck, /^Not reached: Deployment api/);
    assert.match(blind, /^Not known, .*Pod/);
  });

  it('is each of them also alone, and nothing where nobody needs anything', () => {
    assert.match(
      afterWriteSentences({ lines: [line('api', false)], unknown: [] }, CHANGE).join(),
      /^Not reached[^,]*$/,
    );
    assert.match(afterWriteSentences({ lines: [], unknown }, CHANGE).join(), /^Not known/);
    assert.deepEqual(afterWriteSentences({ lines: [], unknown: [] }, CHANGE), []);
  });
});

describe('Who needs a restart', () => {
  it('of the same content made anew is who followed it: to go on with that', () => {
    const same = { isImmutable: true, isSame: true };
    const words = wantedSentence([line('web')], same);
    assert.equal(words, 'Deployment web needs a restart to follow it from now on.');
    assert.match(wantedSentence([line('web')], CHANGE), /restart to see it\.$/);
  });

  it('is said of one and of many', () => {
    assert.match(wantedSentence([line('web')], CHANGE), /^Deployment web needs a restart .*\.$/);
    assert.match(
      wantedSentence([line('web'), line('api')], CHANGE),
      /^Deployment web and Deployment api need a restart .*\.$/,
    );
  });
});

describe('The words of an offer', () => {
  it('are what the change does, what the restart would do, and why it is not possible', () => {
    const allowed = lineWords(line('web'), CHANGE);
    assert.match(allowed, /^restart needed.* · .*replica/);
    const forbidden = lineWords(line('web', false), CHANGE);
    assert.ok(forbidden.startsWith(allowed));
    assert.match(forbidden.slice(allowed.length), /^ · .*may not/);
  });
});
