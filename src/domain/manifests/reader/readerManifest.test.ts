import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { effectOn, Workloads } from '../../readers/reader.ts';
import { workloadOf } from '../../readers/workload.ts';
import { environmentOf, expanded } from '../../../../test/scaffold/refreshRuns.ts';
import { at, type Manifest } from '../../../../test/scaffold/argoRules.ts';
import { readerEdit } from './readerEdit.ts';
import { READER_KINDS, readerManifest, type ReaderManifest } from './readerManifest.ts';

const CACHE = { namespace: 'argo', name: `${'a'.repeat(70)}.b` };
const READER: ReaderManifest = {
  kind: 'Deployment',
  cache: CACHE,
  key: 'mappings.json',
  format: 'JSON',
  wrappers: [],
  entry: 'team/app',
};

/** What a change of the cache does to what a manifest makes, as the view says it. */
function effectIn(text: string) {
  const object = parse(text) as { kind: (typeof READER_KINDS)[number]; metadata: object };
  const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '', ...object.metadata };
  const workload = workloadOf('demo', object.kind, { ...object, metadata });
  const [reader] = new Workloads([workload]).readersOf(CACHE);
  return reader && effectOn(reader, { isImmutable: false, keys: ['mappings.json'] });
}

describe('a new reader', () => {
  for (const kind of READER_KINDS) {
    it(`as a ${kind} reads the whole folder: live where it runs on`, () => {
      const { name, text } = readerManifest({ ...READER, kind });
      assert.equal(name.length <= 52 + '.yaml'.length, true);
      assert.equal(
        effectIn(text),
        kind === 'Deployment' || kind === 'Job' ? 'live' : 'nextRun',
        text,
      );
      // What is put into a manifest is the same as what a new one has.
      const again = readerEdit(text, { cache: CACHE, offset: 0 });
      assert.deepEqual(again.kind === 'there' && again.folder, '/cache');
    });
  }

  it('of what has no entries that a shell can look up reads all, and says so', () => {
    for (const kind of READER_KINDS) {
      const { text } = readerManifest({ ...READER, kind, format: 'YAML' });
      assert.match(text, /# Reads all of it: a shell cannot look up entries of YAML\./);
      assert.doesNotMatch(text, /team\/app|NAME|parameters/);
    }
  });

  // What the kubelet or Argo would replace, were it not written otherwise.
  const hostile = ['$(NAME)', '$$(A)$$', '$', '{{x}}', '{{{=1}}}', '{{$(BRACE)}}', '{$(BRACE)x}}'];
  for (const entry of hostile) {
    const reader = { ...READER, entry, wrappers: [entry, `{${entry}$`] };
    const program = reader.wrappers.map((name) => `[${JSON.stringify(name)}]`).join('');

    it(`looks up the entry ${entry}, and in wrappers of that name, as they are`, () => {
      for (const kind of ['Deployment', 'Job', 'CronJob'] as const) {
        const spec = at(parse(readerManifest({ ...reader, kind }).text) as Manifest, 'spec');
        const pod = at(
          kind === 'CronJob' ? at(spec, 'jobTemplate', 'spec') : spec,
          'template',
          'spec',
        );
        const [container] = at(pod, 'containers') as readonly Container[];
        const environment = environmentOf(container?.env ?? []);
        assert.equal(environment['NAME'], entry);
        assert.equal(programIn(expanded(container?.command.at(-1) ?? '', environment)), program);
      }
    });

    it(`and in a workflow, whose tags Argo replaces before that: ${entry}`, () => {
      const { text } = readerManifest({ ...reader, kind: 'WorkflowTemplate' });
      assert.deepEqual(text.match(/{{.*?}}/g), ['{{inputs.parameters.name}}']);
      const spec = at(parse(text) as Manifest, 'spec');
      const [given] = at(spec, 'arguments', 'parameters') as [{ readonly value: string }];
      const [template] = at(spec, 'templates') as [{ readonly script: Container }];
      const env = template.script.env.map(({ name, value }) => ({
        name,
        value: value.replace('{{inputs.parameters.name}}', () => given.value),
      }));
      assert.equal(environmentOf(env)['NAME'], entry);
      assert.equal(programIn(template.script.source), program);
    });
  }
});

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly command: readonly string[];
  readonly source: string;
}

/** The wrappers in a script, as jq reads their names. */
function programIn(script: string): string {
  const [, texts = ''] = /input \| \.(.*)\[\$name\]/.exec(script) ?? [];
  return texts.replace(/\\u(\w{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
