import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Format } from '../../src/domain/content/content.ts';
import { lookUpCommand } from '../../src/domain/manifests/reader/lookUp.ts';
import { readerEdit } from '../../src/domain/manifests/reader/readerEdit.ts';
import { READER_KINDS, readerManifest } from '../../src/domain/manifests/reader/readerManifest.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { run } from '../run.ts';
import { ensureShells, type Shell } from './shells.ts';

const CACHE = { namespace: 'restricted', name: 'some-cache' };

describe('what is scaffolded for readers', () => {
  let plane: ControlPlane;
  let shells: readonly Shell[];

  before(async () => {
    plane = await startControlPlane();
    shells = await ensureShells(plane.directory, plane.binaries.path('kubectl'));
    await plane.kubectl(['create', 'namespace', CACHE.namespace]);
  });
  after(() => plane.stop());

  const dryRun = (input: string) =>
    plane.kubectl(['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'], {
      input,
    });

  it('passes a strict dry run of the API server, as a new file and in a manifest that was there', async () => {
    for (const kind of READER_KINDS.filter((each) => each !== 'WorkflowTemplate')) {
      const look = { key: 'mappings.json', format: 'JSON', wrappers: ["it's"] } as const;
      const { text } = readerManifest({ kind, cache: CACHE, entry: 'team/app', ...look });
      assert.match(await dryRun(text), /serverside-applied \(server dry run\)\n$/);
      const other = { ...CACHE, name: 'other-cache' };
      const edited = readerEdit(text, { cache: other, offset: 0 });
      assert.ok(edited.kind === 'edit');
      assert.match(await dryRun(edited.text), /dry run\)\n$/);
    }
  });

  const found: readonly (readonly [Format, string, string, string])[] = [
    ['JSON', '{"a.b/c": "x y", "n": 7}', 'a.b/c', 'x y\n'],
    ['JSON', '{"n": 7, "f": false}', 'f', 'false\n'],
    ['JSON', '{"$(id)\\"\'": {"a": 1}}', '$(id)"\'', '{"a":1}\n'],
    ['properties', 'aXb=wrong\na.b=x=y\n', 'a.b', 'x=y\n'],
    ['text', 'all of it', 'any', 'all of it'],
    ['YAML', 'a: 1\nb: 2\n', 'any', 'a: 1\nb: 2\n'],
    ['binary', '\u0001', 'any', '\u0001'],
  ];
  const missing: readonly (readonly [Format, string, string])[] = [
    ['JSON', '{"aXb/c": "x"}', 'a.b/c'],
    ['JSON', '{"a": null}', 'a'],
    ['JSON', '{"a": 1}', '$name'],
    ['JSON', '["a"]', 'a'],
    ['JSON', '', 'a'],
    ['JSON', '{"a": 1', 'a'],
    ['properties', 'aXb=x\n', 'a.b'],
    ['properties', '', 'a'],
    ['YAML', '', 'a'],
    ['text', '', 'a'],
    ['binary', '', 'a'],
  ];
  for (const name of ['BusyBox ash', 'dash', 'bash']) {
    it(`looks up entries whatever they are called, and fails on a miss, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      const look = async ({ format, body, entry, wrappers = [] }: Looked) => {
        const folder = await mkdtemp(path.join(plane.directory, 'cache '));
        if (body !== undefined) await writeFile(path.join(folder, 'key'), body);
        const command = lookUpCommand({ key: 'key', format, wrappers }, folder);
        const [program = '', ...args] = shell.command;
        const env = { PATH: shell.path, NAME: entry };
        return (await run(program, [...args, '-c', command], { env })).stdout;
      };
      for (const [format, body, entry, printed] of found) {
        assert.equal(await look({ format, body, entry }), printed);
      }
      for (const [format, body, entry] of missing) {
        await assert.rejects(look({ format, body, entry }));
      }
      for (const format of ['JSON', 'properties', 'YAML', 'text', 'binary'] as const) {
        await assert.rejects(look({ format, body: undefined, entry: 'a' }));
      }
      const body = '{"it\'s \\"x\\"": {"a": "b"}}';
      const wrappers = ['it\'s "x"'];
      assert.equal(await look({ format: 'JSON', body, entry: 'a', wrappers }), 'b\n');
    });

    it(`as a Job prints what it found, or ends with what is missing, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      const end = async ({ format, body, entry }: Looked) => {
        const folder = await mkdtemp(path.join(plane.directory, 'mounted-'));
        if (body !== undefined) await writeFile(path.join(folder, 'key'), body);
        const reader = {
          kind: 'Job',
          cache: CACHE,
          key: 'key',
          format,
          wrappers: [],
          entry,
        } as const;
        const [script = '', NAME = ''] = scriptOf(readerManifest(reader).text);
        const [program = '', ...args] = shell.command;
        const env = { PATH: shell.path, NAME };
        return await run(program, [...args, '-c', script.replaceAll('/cache/', `${folder}/`)], {
          env,
        });
      };
      assert.equal((await end({ format: 'JSON', body: '{"a": 1}', entry: 'a' })).stdout, '1\n');
      assert.equal((await end({ format: 'YAML', body: 'a: 1\n', entry: 'a' })).stdout, 'a: 1\n');
      for (const format of ['JSON', 'properties'] as const) {
        const body = format === 'JSON' ? '{"a": 1}' : 'a=1\n';
        await assert.rejects(end({ format, body, entry: 'b' }), /no entry b in \S*\/key/);
        await assert.rejects(end({ format, body: undefined, entry: 'b' }), /no entry b/);
      }
      for (const format of ['YAML', 'text', 'binary'] as const) {
        await assert.rejects(end({ format, body: '', entry: 'b' }), /There is nothing in \S*\/key/);
        await assert.rejects(end({ format, body: undefined, entry: 'b' }), /There is nothing/);
      }
    });
  }
});

/** The script of the one container of a Job, and the name of the entry that it is given. */
function scriptOf(job: string): readonly [string | undefined, string | undefined] {
  const { spec } = parse(job) as {
    readonly spec: { readonly template: { readonly spec: { readonly containers: Container[] } } };
  };
  const [container] = spec.template.spec.containers;
  return [container?.command.at(-1), container?.env?.[0]?.value];
}

interface Container {
  readonly command: readonly string[];
  readonly env?: readonly { readonly value: string }[];
}

interface Looked {
  readonly format: Format;
  readonly body: string | undefined;
  readonly entry: string;
  readonly wrappers?: readonly string[];
}
