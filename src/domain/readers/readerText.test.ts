import assert from 'node:assert/strict';
import { readingWorkload, useWith } from '../../../test/fakes/workloads.ts';
import { effectOf } from './effect.ts';
import type { Reader } from './reader.ts';
import { effectWords, useLines } from './readerText.ts';
import { isByKubelet, type Role, type Use, type Way } from './use.ts';
import type { Life } from './life.ts';

const CHANGE = { isImmutable: false };
const MOUNTED = { way: 'volume', mountPath: '/cache' } as const;
const WAYS: readonly Way[] = [
  'volume',
  'projected',
  'env',
  'envFrom',
  'parameter',
  'semaphore',
  'memoization',
  'artifactRepository',
  'text',
  'declared',
  'template',
  'unrecognized',
];
const LIVES: readonly Life[] = ['lasting', 'bare', 'running', 'toCome', 'ended'];

const reader = (life: Life, ...uses: readonly Partial<Use>[]): Reader => ({
  workload: { ...readingWorkload('Deployment', 'web'), life },
  uses: uses.map(useWith),
});

describe('The words for what a change does to a reader', () => {
  const table: readonly (readonly [what: string, reader: Reader, words: RegExp])[] = [
    ['who follows it', reader('lasting', MOUNTED), /^reads it live$/],
    ['who has it in the environment', reader('lasting', {}), /^restart needed: env$/],
    ['who has a part of a volume', reader('lasting', { ...MOUNTED, subPath: 'a' }), /: subPath$/],
    [
      'who reads at the start',
      reader('lasting', { ...MOUNTED, role: 'init' }),
      /: init container$/,
    ],
    ['who has ended', reader('ended', {}), /^never: .*ended$/],
    ['who is never made again', reader('bare', {}), /^never: env$/],
    ['who is still running', reader('running', {}), /^its next pods$/],
    ['who runs later', reader('toCome', {}), /^next run$/],
    ['who reads in a way of its own', reader('lasting', { way: 'declared' }), /^unknown: .*API/],
  ];
  for (const [what, one, words] of table) {
    it(`are for ${what} what it needs, and why`, () => {
      assert.match(effectWords(one, CHANGE), words);
    });
  }

  it('name every place that is at fault, each reason once, and no other place', () => {
    const one = reader('lasting', {}, { way: 'envFrom' }, {}, MOUNTED, { way: 'semaphore' });
    assert.match(effectWords(one, CHANGE), /: env, envFrom$/);
  });

  it('name only places that read what is changed', () => {
    const one = reader('lasting', { keys: ['a'] }, { way: 'envFrom', keys: ['b'] });
    assert.match(effectWords(one, { ...CHANGE, keys: ['b'] }), /: envFrom$/);
    assert.match(effectWords(one, { ...CHANGE, keys: ['c'] }), /other keys/);
  });

  it('name as the reason that it is immutable, where nothing else is', () => {
    const immutable = { isImmutable: true };
    assert.match(effectWords(reader('lasting', MOUNTED), immutable), /^recreate.*: immutable$/);
    assert.match(
      effectWords(reader('lasting', { ...MOUNTED, subPath: 'a' }), immutable),
      /^recreate.*: subPath$/,
    );
  });

  it('name as the reason that the one before was immutable, where pods keep what it held', () => {
    const kept = { ...reader('lasting', MOUNTED), keepsEarlier: 'certainly' } as const;
    assert.match(effectWords(kept, CHANGE), /^recreate needed: was immutable$/);
    assert.match(effectWords(kept, { isImmutable: true }), /: immutable$/);
    const perhaps = { ...kept, keepsEarlier: 'perhaps' } as const;
    assert.match(effectWords(perhaps, CHANGE), /^reads it live$/);
  });

  it('are there for every place and every life', () => {
    for (const way of WAYS) {
      for (const role of ['container', 'init', 'none'] as const satisfies readonly Role[]) {
        for (const life of LIVES) {
          const words = effectWords(reader(life, { way, role }), CHANGE);
          assert.doesNotMatch(words, /undefined|: $|^$/, `${way} ${role} ${life}`);
        }
      }
    }
  });
});

describe('The line for a place of a reader', () => {
  it('tells where it is, how it reads, and what a change does there', () => {
    const uses = WAYS.map((way) => ({ way, mountPath: '/cache', place: `place-of-${way}` }));
    const lines = useLines(reader('lasting', ...uses), CHANGE);
    assert.equal(lines.length, WAYS.length);
    assert.equal(new Set(lines.map((line) => line.split(': ')[1])).size, WAYS.length);
    for (const [index, line] of lines.entries()) {
      assert.ok(line.startsWith(`place-of-${WAYS[index] ?? ''}: `));
      assert.doesNotMatch(line, /undefined/);
    }
  });

  it('has the same words for what a change does wherever that is the same, and comes by the kubelet', () => {
    const endings = new Map<string, Set<string>>();
    for (const way of WAYS) {
      for (const life of LIVES) {
        const one = reader(life, { way });
        const [line = ''] = useLines(one, CHANGE);
        const effect = effectOf(useWith({ way }), life, false);
        if (effect === 'live' && !isByKubelet({ way })) continue;
        const ending = line.split(': ').slice(2).join(': ');
        endings.set(effect, (endings.get(effect) ?? new Set()).add(ending));
      }
    }
    assert.ok([...endings.values()].every(({ size }) => size === 1));
    assert.equal(new Set([...endings.values()].flatMap((each) => [...each])).size, endings.size);
  });

  it('tells of pods that keep what was there before, and of those that perhaps do', () => {
    const mixed = reader('lasting', MOUNTED, { way: 'semaphore' });
    const [kept = '', controlled = ''] = useLines({ ...mixed, keepsEarlier: 'certainly' }, CHANGE);
    assert.match(kept, /before was immutable: .* until they are made anew$/);
    assert.equal(controlled, useLines(mixed, CHANGE)[1]);
    const [doubtful = '', sure = ''] = useLines({ ...mixed, keepsEarlier: 'perhaps' }, CHANGE);
    assert.match(
      doubtful,
      /sees a change by itself.*but a pod that is older .* if that was immutable$/,
    );
    assert.equal(sure, controlled);
  });

  it('tells that a container was put into a pod', () => {
    const [line = ''] = useLines(reader('bare', { role: 'ephemeral', place: 'shell' }), CHANGE);
    assert.match(line, /^shell \(ephemeral\): .*never/);
  });

  it('tells the path, the part and the keys of a volume', () => {
    const use = { ...MOUNTED, subPath: 'deep/a', keys: ['a', 'b'], role: 'init' as const };
    const [line = ''] = useLines(reader('lasting', use), CHANGE);
    for (const part of ['/cache', 'deep/a', 'subPath', 'a, b', 'init container']) {
      assert.ok(line.includes(part), part);
    }
    const [projected = ''] = useLines(reader('lasting', { ...use, way: 'projected' }), CHANGE);
    assert.match(projected, /projected/);
    assert.match(useLines(reader('lasting', MOUNTED), CHANGE)[0] ?? '', /all keys/);
  });

  it('tells the pattern by which a name is meant', () => {
    const maps = ['{{x}}-cache'];
    for (const way of ['volume', 'env', 'envFrom', 'parameter'] as const) {
      assert.match(useLines(reader('lasting', { way, maps }), CHANGE)[0] ?? '', /\{\{x\}\}-cache/);
    }
  });

  it('tells where other keys are read, and never promises when a volume is fresh', () => {
    const [line = ''] = useLines(reader('lasting', { keys: ['a'] }), { ...CHANGE, keys: ['b'] });
    assert.match(line, /other keys$/);
    assert.match(useLines(reader('lasting', MOUNTED), CHANGE)[0] ?? '', /up to about 2 minutes/);
  });

  it('says of what the controller of Argo reads that it is read each time, without a delay', () => {
    for (const way of ['semaphore', 'memoization'] as const) {
      const [line = ''] = useLines(reader('lasting', { way }), CHANGE);
      assert.match(line, /each time$/);
      assert.doesNotMatch(line, /minutes/);
    }
  });
});
