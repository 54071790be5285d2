import assert from 'node:assert/strict';
import { useWith } from '../../../test/fakes/workloads.ts';
import { effectOf, worstOf, type Effect } from './effect.ts';
import type { Use } from './use.ts';
import type { Life } from './life.ts';

const LIVES: readonly Life[] = ['lasting', 'bare', 'running', 'toCome', 'ended'];
const MOUNTED = { way: 'volume', mountPath: '/cache' } as const;

/** What the kubelet and Argo do, place by place: for pods that are lasting, bare, running and to come. */
const table: readonly (readonly [
  what: string,
  use: Partial<Use>,
  effects: readonly [Effect, Effect, Effect, Effect],
])[] = [
  ['a volume', MOUNTED, ['live', 'live', 'nextRun', 'nextRun']],
  [
    'a volume of a container that was put into the pod',
    { ...MOUNTED, role: 'ephemeral' },
    ['live', 'live', 'nextRun', 'nextRun'],
  ],
  ['a projected volume', { ...MOUNTED, way: 'projected' }, ['live', 'live', 'nextRun', 'nextRun']],
  [
    'a part of a volume, which the kubelet never refreshes',
    { ...MOUNTED, subPath: 'a.json' },
    ['restart', 'never', 'nextRun', 'nextRun'],
  ],
  [
    'a volume of an init container, which reads it before the pod starts',
    { ...MOUNTED, role: 'init' },
    ['restart', 'never', 'nextRun', 'nextRun'],
  ],
  ['a variable', { way: 'env' }, ['restart', 'never', 'nextRun', 'nextRun']],
  ['all variables', { way: 'envFrom' }, ['restart', 'never', 'nextRun', 'nextRun']],
  [
    'a parameter of a template',
    { way: 'parameter', place: 'main' },
    ['nextRun', 'nextRun', 'nextRun', 'nextRun'],
  ],
  [
    'a parameter of a whole workflow, which may have been read at its start',
    { way: 'parameter', place: 'spec' },
    ['nextRun', 'nextRun', 'unknown', 'nextRun'],
  ],
  [
    'a semaphore, which the controller reads each time',
    { way: 'semaphore' },
    ['live', 'live', 'live', 'live'],
  ],
  ['memoization', { way: 'memoization' }, ['live', 'live', 'live', 'live']],
  [
    'an artifact repository, which a Workflow keeps from its start on',
    { way: 'artifactRepository' },
    ['nextRun', 'nextRun', 'never', 'nextRun'],
  ],
  ...(['text', 'declared', 'template', 'unrecognized'] as const).map(
    (way) => [`a name that is ${way}`, { way }, Array(4).fill('unknown')] as never,
  ),
];

describe('A change of a cache', () => {
  for (const [what, more, expected] of table) {
    it(`does to ${what} what it does by the rules, whatever the pods are`, () => {
      const effects = LIVES.map((life) => effectOf(useWith(more), life, false));
      assert.deepEqual(effects, [...expected, 'never'], 'who has ended never sees it');
    });

    it(`that is immutable, and so made anew, needs new pods of whoever keeps ${what} for good`, () => {
      const keeps = (effect: Effect) => effect === 'live' || effect === 'restart';
      const effects = LIVES.map((life) => effectOf(useWith(more), life, true));
      const wanted = expected.map((effect) => (keeps(effect) ? 'recreate' : effect));
      assert.deepEqual(effects, [...wanted, 'never']);
    });
  }
});

describe('The worst of some effects', () => {
  const WORST_FIRST = ['recreate', 'restart', 'never', 'unknown', 'nextRun', 'live'] as const;

  it('is the one that asks most of a person', () => {
    for (const [index, worse] of WORST_FIRST.entries()) {
      for (const better of WORST_FIRST.slice(index)) {
        assert.equal(worstOf([worse, better]), worse);
        assert.equal(worstOf([better, worse, better]), worse);
      }
    }
  });

  it('is nothing where there are none', () => {
    assert.equal(worstOf([]), undefined);
  });
});
