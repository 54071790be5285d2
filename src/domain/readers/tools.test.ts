import assert from 'node:assert/strict';
import {
  declares,
  reloaderMarkOf,
  restarterOf,
  toolsOf,
  type ReloaderMark,
  type Tool,
  type Tools,
} from './tools.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from './workload.ts';

// The annotations as the README files of both tools name them.
const AUTO = 'reloader.stakater.com/auto';
const AUTO_MAPS = 'configmap.reloader.stakater.com/auto';
const BY_NAME = 'configmap.reloader.stakater.com/reload';
const WAVE = 'wave.pusher.com/update-on-config-change';
const WAVE_EXTRA = 'wave.pusher.com/extra-configmaps';

const HOME = 'argo';
const HERE = { namespace: HOME, name: 'cache', home: HOME };
const ELSEWHERE = { ...HERE, namespace: 'other' };

const EXCLUDED = 'configmaps.exclude.reloader.stakater.com/reload';
const SEARCH = 'reloader.stakater.com/search';

const read = (annotations: object, kind: WorkloadKind = 'Deployment') =>
  toolsOf(kind, { annotations }, {});

/** What restarts it for a ConfigMap that its template refers to or not. */
const restarter = (
  tools: Tools | undefined,
  of: { place?: typeof HERE; isInTemplate?: boolean; mark?: ReloaderMark } = {},
) => {
  const { place = HERE, isInTemplate = true, mark = 'none' } = of;
  return restarterOf(tools, place, { isInTemplate, mark });
};

describe('What restarts a workload by itself', () => {
  type Case = readonly [
    what: string,
    annotations: object,
    restarters: {
      readonly inTemplate?: Tool;
      readonly otherwise?: Tool;
      readonly elsewhere?: Tool;
    },
  ];
  const table: readonly Case[] = [
    ['nothing without annotations', {}, {}],
    ['Reloader, for what is in the template', { [AUTO]: 'true' }, { inTemplate: 'Reloader' }],
    ['Reloader, for ConfigMaps alone', { [AUTO_MAPS]: 'true' }, { inTemplate: 'Reloader' }],
    ['nothing where it is off', { [AUTO]: 'false', [AUTO_MAPS]: 'no', [WAVE]: 'false' }, {}],
    [
      'Reloader, by name',
      { [BY_NAME]: 'first, cache ,last' },
      { inTemplate: 'Reloader', otherwise: 'Reloader' },
    ],
    ['nothing for other names', { [BY_NAME]: 'caches,my-cache' }, {}],
    ['wave, for what is in the template', { [WAVE]: 'true' }, { inTemplate: 'wave' }],
    [
      'wave, for more that it is told to watch',
      { [WAVE]: 'true', [WAVE_EXTRA]: 'first,cache' },
      { inTemplate: 'wave', otherwise: 'wave' },
    ],
    [
      'wave, for one of another namespace',
      { [WAVE]: 'true', [WAVE_EXTRA]: 'other/cache' },
      { inTemplate: 'wave', elsewhere: 'wave' },
    ],
    ['not wave where only the names are given', { [WAVE_EXTRA]: 'cache' }, {}],
    ['Reloader for none that is excluded', { [AUTO]: 'true', [EXCLUDED]: 'first,cache' }, {}],
    ['Reloader before wave', { [AUTO]: 'true', [WAVE]: 'true' }, { inTemplate: 'Reloader' }],
  ];
  for (const [what, annotations, { inTemplate, otherwise, elsewhere }] of table) {
    it(`is ${what}`, () => {
      const tools = read(annotations);
      const isInTemplate = false;
      assert.equal(restarter(tools), inTemplate);
      assert.equal(restarter(tools, { isInTemplate }), otherwise);
      assert.equal(restarter(tools, { place: ELSEWHERE, isInTemplate }), elsewhere);
      assert.equal(declares(tools, HERE), otherwise !== undefined, 'and it declares as much');
      assert.equal(declares(tools, ELSEWHERE), elsewhere !== undefined);
    });
  }

  it('is Reloader never by the name of a ConfigMap of another namespace', () => {
    const tools = read({ [BY_NAME]: 'cache' });
    assert.equal(restarter(tools, { place: ELSEWHERE, isInTemplate: false }), undefined);
  });

  it('is only a tool that knows the kind', () => {
    const all = { [AUTO]: 'true', [BY_NAME]: 'cache', [WAVE]: 'true', [WAVE_EXTRA]: 'cache' };
    const restarters = WORKLOAD_KINDS.map((kind) => {
      const tools = read(all, kind);
      const withoutReloader = read({ [WAVE]: 'true' }, kind);
      return [kind, restarter(tools), restarter(withoutReloader)];
    });
    const known = restarters.filter(([, ...tools]) => tools.some((tool) => tool !== undefined));
    assert.deepEqual(known, [
      ['Deployment', 'Reloader', 'wave'],
      ['StatefulSet', 'Reloader', 'wave'],
      ['DaemonSet', 'Reloader', 'wave'],
      ['Job', 'Reloader', undefined],
      ['CronJob', 'Reloader', undefined],
      ['Rollout', 'Reloader', undefined],
    ]);
  });

  it('is nothing that annotations of another shape could tell', () => {
    for (const annotations of [null, 'true', [AUTO], { [AUTO]: true, [BY_NAME]: ['cache'] }]) {
      assert.equal(toolsOf('Deployment', { annotations }, { annotations }), undefined);
    }
    assert.equal(toolsOf('Deployment', {}, {}), undefined);
    assert.equal(read({ [BY_NAME]: ' , ,' }), undefined, 'names that are empty are none');
  });

  it('is Reloader by whatever Go takes for a yes, and wave by one word only', () => {
    for (const word of ['1', 't', 'T', 'true', 'TRUE', 'True']) {
      assert.equal(restarter(read({ [AUTO]: word })), 'Reloader', word);
      const byWave = restarter(read({ [WAVE]: word }));
      assert.equal(byWave, word === 'true' ? 'wave' : undefined);
    }
    for (const word of ['yes', 'on', 'tRUE', '0', '', ' true']) {
      assert.equal(read({ [AUTO]: word }), undefined, word);
    }
  });

  it('is Reloader by the annotations of the pod template where the workload has none for it', () => {
    const [on, off] = [{ annotations: { [AUTO]: 'true' } }, { annotations: { [AUTO]: 'false' } }];
    assert.equal(restarter(toolsOf('Deployment', {}, on)), 'Reloader');
    assert.equal(toolsOf('Deployment', off, on), undefined);
    assert.equal(restarter(toolsOf('Deployment', on, off)), 'Reloader');
    for (const name of [AUTO_MAPS, BY_NAME, SEARCH]) {
      const own = { annotations: { [name]: 'false' } };
      assert.equal(restarter(toolsOf('Deployment', own, on)), undefined, name);
    }
  });

  it('is wave by the annotations of the workload alone', () => {
    const on = { annotations: { [WAVE]: 'true' } };
    assert.equal(restarter(toolsOf('Deployment', on, {})), 'wave');
    assert.equal(restarter(toolsOf('Deployment', {}, on)), undefined);
  });

  it('is nothing for a name that is also excluded, though the workload says that it reads it', () => {
    const tools = read({ [BY_NAME]: 'cache', [EXCLUDED]: 'cache' });
    assert.equal(restarter(tools), undefined);
    assert.ok(declares(tools, HERE));
    const below = { annotations: { [EXCLUDED]: 'cache' } };
    const above = { annotations: { [AUTO]: 'true' } };
    assert.equal(restarter(toolsOf('Deployment', above, below)), undefined);
  });

  // A workload searches, and the ConfigMap is marked to be found or to be passed over.
  const marks: readonly (readonly [object, Partial<Record<ReloaderMark, Tool>>])[] = [
    [{ [SEARCH]: 'true' }, { match: 'Reloader' }],
    [{ [SEARCH]: 'TRUE' }, {}],
    [{ [SEARCH]: 'true', [EXCLUDED]: 'cache' }, {}],
    [{ [AUTO]: 'true' }, { none: 'Reloader', match: 'Reloader' }],
    [{ [AUTO]: 'false', [SEARCH]: 'true' }, { match: 'Reloader' }],
    [{ [BY_NAME]: 'cache' }, { none: 'Reloader', match: 'Reloader' }],
    [{ [WAVE]: 'true' }, { none: 'wave', match: 'wave', ignore: 'wave' }],
    [
      { [AUTO]: 'true', [WAVE]: 'true' },
      { none: 'Reloader', match: 'Reloader', ignore: 'wave' },
    ],
  ];
  for (const [annotations, expected] of marks) {
    it(`is by the mark of the ConfigMap, for ${JSON.stringify(annotations)}`, () => {
      const tools = read(annotations);
      for (const mark of ['none', 'match', 'ignore'] as const) {
        assert.equal(restarter(tools, { mark }), expected[mark], mark);
      }
    });
  }

  it('is never who searches for a ConfigMap that it does not refer to', () => {
    const tools = read({ [SEARCH]: 'true' });
    assert.equal(restarter(tools, { isInTemplate: false, mark: 'match' }), undefined);
    assert.ok(!declares(tools, HERE));
  });
});

describe('The mark of a ConfigMap for Reloader', () => {
  const [MATCH, IGNORE] = ['reloader.stakater.com/match', 'reloader.stakater.com/ignore'];
  const table: readonly (readonly [Record<string, string>, ReloaderMark])[] = [
    [{}, 'none'],
    [{ [MATCH]: 'true' }, 'match'],
    [{ [MATCH]: 'false' }, 'none'],
    [{ [MATCH]: '1' }, 'none'],
    [{ [IGNORE]: 'true' }, 'ignore'],
    [{ [IGNORE]: 'false', [MATCH]: 'true' }, 'match'],
    [{ [IGNORE]: 'true', [MATCH]: 'true' }, 'ignore'],
  ];
  for (const [annotations, mark] of table) {
    it(`is ${mark} for ${JSON.stringify(annotations)}`, () => {
      assert.equal(reloaderMarkOf(annotations), mark);
    });
  }
});

describe('A name for Reloader', () => {
  const isNamed = (written: string, name: string) =>
    declares(read({ [BY_NAME]: written }), { ...HERE, name });

  const table: readonly (readonly [string, string, boolean])[] = [
    ['work.*', 'workflow-cache', true],
    ['work', 'workflow-cache', false],
    ['.*-cache', 'workflow-cache', true],
    ['.*-cache', 'workflow-cache-2', false],
    ['a.c', 'abc', true],
    ['a\\.c', 'abc', false],
    ['a\\.c', 'a.c', true],
    ['cache-[0-9]+', 'cache-12', true],
    ['one|two', 'two', true],
    ['one|two', 'twofold', false],
    ['[a', 'a', false],
    ['other,work.*', 'workflow', true],
  ];
  for (const [written, name, is] of table) {
    it(`is a whole expression: ${written} ${is ? 'means' : 'does not mean'} ${name}`, () => {
      assert.equal(isNamed(written, name), is);
    });
  }

  it('that would take long to compare is not an expression: anybody may write one', () => {
    const name = 'a'.repeat(253);
    const hostile = [
      '([a-z-]+)+!',
      '(a|a)'.repeat(60),
      'a*a*a*a*a*a*b',
      '(?:a?){60}!',
      '(a*)*\\1!',
      Array.from({ length: 30_000 }, () => 'a*a*b').join(),
    ];
    const began = performance.now();
    for (const written of hostile) assert.ok(!isNamed(written, name));
    assert.ok(performance.now() - began < 5000);
    for (const written of hostile) assert.ok(isNamed(`${written},${name}`, name), 'others count');
  });
});
