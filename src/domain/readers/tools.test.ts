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
      const tools = toolsOf(kind, { annotations: all }, {});
      const withoutReloader = toolsOf(kind, { annotations: { [WAVE]: 'true' } }, {});
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
      assert.equal(toolsOf('Deployment', { annotations }, {}), undefined);
    }
    assert.equal(toolsOf('Deployment', {}, {}), undefined);
    assert.equal(read({ [BY_NAME]: ' , ,' }), undefined, 'names that are empty are none');
  });
});
