import assert from 'node:assert/strict';
import type { EventRefresh } from '../../src/domain/manifests/events/eventRefresh.ts';
import { yamlText } from '../../src/domain/manifests/yamlText.ts';
import { ensureArgoEvents } from '../cluster/argoEvents.ts';
import { run } from '../run.ts';
import { at, type Manifest } from './argoRules.ts';
import { eventRefresh, manifestOf, manifestsOf, TRIGGERS } from './eventRefreshes.ts';

const KINDS = ['EventBus', 'EventSource', 'Sensor'];

/** The oddest names that a cluster allows. */
const LONG: Partial<EventRefresh> = {
  cache: { namespace: 'argo', name: `a.${'b'.repeat(60)}.${'c'.repeat(190)}` },
  key: `.${'K_'.repeat(126)}`,
};

describe('kinds of Argo Events against its own types and validators', () => {
  let validator: string;

  before(async function () {
    // The first build takes minutes, which is no test's time.
    this.timeout(0);
    validator = (await ensureArgoEvents()).validate;
  });

  /** What Argo Events has against each of these manifests; `ok` where nothing. */
  const answers = async (manifests: readonly Manifest[]) => {
    const input = manifests.map((each) => yamlText(each)).join('---\n');
    return (await run(validator, [], { input })).stdout.trimEnd().split('\n');
  };

  for (const trigger of TRIGGERS.filter(({ kind }) => kind !== 'schedule')) {
    for (const [title, wanted] of [
      ['ordinary names', {}],
      ['the longest names', LONG],
    ] as const) {
      it(`D35: take a refresh on ${trigger.kind} with ${title}`, async () => {
        const manifests = manifestsOf(eventRefresh(trigger, wanted)).filter((each) =>
          KINDS.includes(String(each['kind'])),
        );
        assert.equal(manifests.length, 3);
        assert.deepEqual(await answers(manifests), ['ok', 'ok', 'ok']);
      });
    }
  }

  it('refuse each that is broken', async () => {
    const event = ['spec', 'webhook', 'source-changed'];
    const github = ['spec', 'github', 'source-changed'];
    const object = ['spec', 'resource', 'source-changed'];
    const cases: readonly (readonly [number, string, readonly string[], unknown, RegExp])[] = [
      [0, 'EventSource', [...event, 'nope'], 1, /unknown field "nope"|unknown field .*nope/],
      [0, 'EventSource', [...event, 'port'], 12_000, /cannot unmarshal number/],
      [0, 'EventSource', [...event, 'endpoint'], '', /endpoint can't be empty/],
      [0, 'EventSource', ['spec', 'webhook'], {}, /no event/],
      [1, 'EventSource', [...github, 'repositories'], undefined, /repositories or organizations/],
      [1, 'EventSource', [...github, 'contentType'], 'xml', /content type must be/],
      [2, 'EventSource', [...object, 'eventTypes'], undefined, /event types must be specified/],
      [2, 'EventSource', [...object, 'resource'], '', /resource must be specified/],
      [0, 'Sensor', ['spec', 'nope'], 1, /unknown field .*nope/],
      [0, 'Sensor', ['spec', 'triggers'], [], /no triggers found/],
      [0, 'Sensor', ['spec', 'dependencies', '0', 'eventName'], '', /must define the EventName/],
      [0, 'Sensor', [...'spec triggers 0 template k8s operation'.split(' ')], 'run', /unknown op/],
      [0, 'Sensor', [...'spec triggers 0 rateLimit nope'.split(' ')], 1, /unknown field .*nope/],
      [1, 'Sensor', [...'spec dependencies 0 filters data 0 type'.split(' ')], '', /type/],
      [0, 'EventBus', ['spec', 'jetstream', 'version'], '', /version for jetstream/],
      [0, 'EventBus', ['spec', 'jetstream', 'replicas'], 2, /1 replica or >= 3/],
    ];
    const broken = cases.map(([trigger, kind, path, value]) => {
      const manifest = manifestOf(
        manifestsOf(eventRefresh(TRIGGERS[trigger] ?? assert.fail())),
        kind,
      );
      const holder = at(manifest, ...path.slice(0, -1)) as Record<string, unknown>;
      const name = path.at(-1) ?? '';
      if (value === undefined) Reflect.deleteProperty(holder, name);
      else holder[name] = value;
      return manifest;
    });
    const found = await answers(broken);
    for (const [index, [, kind, path, , expected]] of cases.entries()) {
      assert.match(found[index] ?? '', expected, `${kind} ${path.join('.')}`);
    }
    assert.equal(found.length, cases.length);
  });
});
