import assert from 'node:assert/strict';
import { declares, restarterOf, toolsOf, type Tool } from './tools.ts';
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

const read = (annotations: object, kind: WorkloadKind = 'Deployment') =>
  toolsOf(kind, { annotations }, {});

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
    [
      'Reloader for none that is excluded, but by its name',
      { [AUTO]: 'true', [EXCLUDED]: 'first,cache' },
      {},
    ],
    [
      'Reloader by name, also where it is excluded',
      { [BY_NAME]: 'cache', [EXCLUDED]: 'cache' },
      { inTemplate: 'Reloader', otherwise: 'Reloader' },
    ],
    ['Reloader before wave', { [AUTO]: 'true', [WAVE]: 'true' }, { inTemplate: 'Reloader' }],
  ];
  for (const [what, annotations, { inTemplate, otherwise, elsewhere }] of table) {
    it(`is ${what}`, () => {
      const tools = read(annotations);
      assert.equal(restarterOf(tools, HERE, true), inTemplate);
      assert.equal(restarterOf(tools, HERE, false), otherwise);
      assert.equal(restarterOf(tools, ELSEWHERE, false), elsewhere);
      assert.equal(declares(tools, HERE), otherwise !== undefined, 'and it declares as much');
      assert.equal(declares(tools, ELSEWHERE), elsewhere !== undefined);
    });
  }

  it('is Reloader never by the name of a ConfigMap of another namespace', () => {
    const tools = read({ [BY_NAME]: 'cache' });
    assert.equal(restarterOf(tools, ELSEWHERE, false), undefined);
  });

  it('is only a tool that knows the kind', () => {
    const all = { [AUTO]: 'true', [BY_NAME]: 'cache', [WAVE]: 'true', [WAVE_EXTRA]: 'cache' };
    const restarters = WORKLOAD_KINDS.map((kind) => {
      const tools = read(all, kind);
      const withoutReloader = read({ [WAVE]: 'true' }, kind);
      return [kind, restarterOf(tools, HERE, true), restarterOf(withoutReloader, HERE, true)];
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
      assert.equal(restarterOf(read({ [AUTO]: word }), HERE, true), 'Reloader', word);
      const byWave = restarterOf(read({ [WAVE]: word }), HERE, true);
      assert.equal(byWave, word === 'true' ? 'wave' : undefined);
    }
    for (const word of ['yes', 'on', 'tRUE', '0', '', ' true']) {
      assert.equal(read({ [AUTO]: word }), undefined, word);
    }
  });

  it('is told by the pod template as well, and before that by the workload', () => {
    const on = { annotations: { [AUTO]: 'true' } };
    const off = { annotations: { [AUTO]: 'false' } };
    assert.equal(restarterOf(toolsOf('Deployment', {}, on), HERE, true), 'Reloader');
    assert.equal(toolsOf('Deployment', off, on), undefined);
    assert.equal(restarterOf(toolsOf('Deployment', on, off), HERE, true), 'Reloader');
  });
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
