import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { effectOn, Workloads } from '../../readers/reader.ts';
import { workloadOf } from '../../readers/workload.ts';
import { chance } from '../../../../test/fakes/chance.ts';
import { hostileText } from '../../../../test/fakes/hostileTexts.ts';
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
  by: 'name',
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
      const { metadata } = parse(text) as { readonly metadata: { readonly name: string } };
      assert.ok(metadata.name.length <= 52, metadata.name);
      assert.equal(name, `${metadata.name}-${kind.toLowerCase()}.yaml`);
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

  it('has a file and a name that no other of another kind, key or cache has', () => {
    const wanted = READER_KINDS.flatMap((kind) =>
      ['a.json', 'b.json'].flatMap((key) =>
        ['my-cache', 'my.cache'].map((name) => ({ kind, key, cache: { ...CACHE, name } })),
      ),
    );
    const files = wanted.map((each) => readerManifest({ ...READER, ...each }));
    assert.equal(new Set(files.map(({ name }) => name)).size, wanted.length);
    const objects = files.map(({ text }) => {
      const { kind, metadata } = parse(text) as { kind: string; metadata: { name: string } };
      return `${kind}/${metadata.name}`;
    });
    assert.equal(new Set(objects).size, wanted.length);
  });

  it('of what has no entries that a shell can look up reads all, and says so', () => {
    for (const kind of READER_KINDS) {
      const { text } = readerManifest({ ...READER, kind, format: 'YAML', by: 'nothing' });
      assert.match(text, /# Reads all of it: a shell cannot look up entries of YAML\./);
      assert.doesNotMatch(text, /team\/app|NAME|parameters/);
    }
  });

  // What the kubelet or Argo would replace, were it not written otherwise.
  const below = chance(17);
  const hostile = [
    ...['$(NAME)', '$$(A)$$', '$', '{{x}}', '{{{=1}}}', '{{$(BRACE)}}', '{$(BRACE)x}}'],
    ...Array.from({ length: 1250 }, () => hostileText(below)),
  ];
  const readers = hostile.map((entry) => ({
    ...READER,
    entry,
    wrappers: [entry, `{${entry}$`, hostileText(below)],
  }));

  it('looks up hostile entries in hostile wrappers, 5,000 in all, as they are', () => {
    const kinds = ['Deployment', 'Job', 'CronJob'] as const;
    for (const [index, reader] of readers.entries()) {
      const kind = kinds[index % kinds.length] ?? 'Job';
      const spec = at(parse(readerManifest({ ...reader, kind }).text) as Manifest, 'spec');
      const job = kind === 'CronJob' ? at(spec, 'jobTemplate', 'spec') : spec;
      const [container] = at(job, 'template', 'spec', 'containers') as readonly Container[];
      const environment = environmentOf(container?.env ?? []);
      assert.equal(environment['NAME'], reader.entry);
      const command = expanded(container?.command.at(-1) ?? '', environment);
      assert.deepEqual(wrappersIn(command), reader.wrappers);
    }
  });

  it('and in a workflow, whose tags Argo replaces before that', () => {
    for (const reader of readers) {
      const { text } = readerManifest({ ...reader, kind: 'WorkflowTemplate' });
      assert.deepEqual(text.match(/{{.*?}}/g), ['{{inputs.parameters.name}}']);
      const spec = at(parse(text) as Manifest, 'spec');
      const [given] = at(spec, 'arguments', 'parameters') as [{ readonly value: string }];
      const [template] = at(spec, 'templates') as [{ readonly script: Container }];
      const env = template.script.env.map(({ name, value }) => ({
        name,
        value: value.replace('{{inputs.parameters.name}}', () => given.value),
      }));
      assert.equal(environmentOf(env)['NAME'], reader.entry);
      assert.deepEqual(wrappersIn(template.script.source), reader.wrappers);
    }
  });
});

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly command: readonly string[];
  readonly source: string;
}

/** The wrappers in a script, as sh gives their names to jq, and jq reads them. */
function wrappersIn(script: string): readonly string[] {
  const [, word = ''] = /--arg name "\$NAME" '(.*)' \/cache\/mappings\.json\)/s.exec(script) ?? [];
  const [, texts = ''] =
    /^input \| \.(.*) \| if type == "object" and/s.exec(word.replaceAll("'\\''", "'")) ?? [];
  return (texts.match(/"(?:[^"\\]|\\.)*"/gs) ?? []).map((text) => JSON.parse(text) as string);
}
