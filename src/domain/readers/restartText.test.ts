import assert from 'node:assert/strict';
import { readingWorkload, useWith } from '../../../test/fakes/workloads.ts';
import { restartLineOf } from './restartLine.ts';
import { lineWords, listOf, readersSentence, wantedSentence } from './restartText.ts';
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

describe('Who needs a restart', () => {
  it('is said of one and of many', () => {
    assert.match(wantedSentence([line('web')]), /^Deployment web needs a restart .*\.$/);
    assert.match(
      wantedSentence([line('web'), line('api')]),
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
