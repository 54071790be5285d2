import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { valueOf, type Format } from '../../src/domain/content/content.ts';
import { lookUpCommand, type LookUp } from '../../src/domain/manifests/reader/lookUp.ts';
import { lookUpIn } from '../../src/domain/manifests/reader/lookUpIn.ts';
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
      const look = {
        key: 'mappings.json',
        format: 'JSON',
        wrappers: ["it's"],
        by: 'name',
      } as const;
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
    ['JSON', '{"a": null}', 'a', 'null\n'],
    ['properties', 'aXb=wrong\na.b=x=y\n', 'a.b', 'x=y\n'],
    ['text', 'all of it', 'any', 'all of it'],
    ['YAML', 'a: 1\nb: 2\n', 'any', 'a: 1\nb: 2\n'],
    ['binary', '\u0001', 'any', '\u0001'],
  ];
  const missing: readonly (readonly [Format, string, string])[] = [
    ['JSON', '{"aXb/c": "x"}', 'a.b/c'],
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
  /** Documents as somebody has them, an entry that is taken from each, what look-ups print, and what is not there. */
  const documents: readonly Documented[] = [
    {
      key: 'teams.json',
      body: '["team-a", "team \\"b\\"", 7]',
      entry: 'team-a',
      printed: { 'team-a': 'team-a', 'team "b"': 'team "b"', '7': '7' },
      missing: ['[0]', '0', 'team', '.*'],
    },
    {
      key: 'apps.json',
      body: '{"items": [{"n": 1, "name": "a"}, {"n": 1, "name": "b", "x": null}]}',
      entry: 'a',
      printed: { a: '{"n":1,"name":"a"}', b: '{"n":1,"name":"b","x":null}' },
      missing: ['1', 'name', 'null', ''],
    },
    {
      key: 'hosts.json',
      body: '[{"zone": "z", "host": "h1"}, {"zone": "z", "host": "h2"}]',
      entry: 'h1',
      printed: { h1: '{"zone":"z","host":"h1"}', h2: '{"zone":"z","host":"h2"}' },
      missing: ['z', 'h3'],
    },
    {
      key: 'map.json',
      body: '\uFEFF{"data": {"x": {"a": null, "b": [1], "": 2}}}',
      entry: 'a',
      printed: { a: 'null', b: '[1]', '': '2' },
      missing: ['x', 'data', 'c'],
    },
    {
      key: 'app.properties',
      body: '\uFEFFfirst = 1\r\n# a comment=0\r\n\r\n  ! another: 0\r\nurl: http://h:80/?a=b\r\nhost : h\r\n1e3=x\r\nalone\r\n\ttwice=1\rtwice= 2 \n$(id)=`id`\n5e1\nlast:z',
      entry: 'first',
      printed: {
        first: '1',
        'url: http://h:80/?a': 'b',
        host: 'h',
        '1e3': 'x',
        alone: '',
        twice: '2',
        '$(id)': '`id`',
        last: 'z',
      },
      missing: ['50', '# a comment', 'a comment', '! another', '', 'url', '1000', 'firs', ' first'],
    },
  ];

  it('takes all of a document in which no entry has a name, and no name before there is one', () => {
    const by = (key: string, body: string) => {
      const look = lookUpIn(key, valueOf(new TextEncoder().encode(body)));
      return look.by;
    };
    assert.equal(by('a.json', '[[1], [2]]'), 'nothing');
    assert.equal(by('a.json', '[{"a": 1}, {"a": 1}]'), 'nothing');
    assert.equal(by('a.json', '[{"name": "a"}, {"nom": "b"}]'), 'nothing');
    assert.equal(by('a.json', '["a", {"name": "b"}]'), 'nothing');
    assert.equal(by('a.json', '"a message"'), 'nothing');
    assert.equal(by('a.json', '{"a":'), 'name');
    assert.equal(by('a.json', '{}'), 'name');
    assert.equal(by('a.json', '[]'), 'element');
    assert.equal(by('a.yaml', 'a: 1'), 'nothing');
    assert.equal(lookUpIn('a.json', undefined).by, 'name');
  });

  for (const name of ['BusyBox ash', 'dash', 'bash']) {
    it(`looks up entries whatever they are called, and fails on a miss, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      const look = async ({ format, body, entry, wrappers = [] }: Looked) => {
        const what = { key: 'key', format, wrappers, by: byOf(format) };
        return await lookUp(shell, { what, body, entry });
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

    it(`finds in lists and lines each entry that is read there, and no other, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      for (const { key, body, printed, entry, missing } of documents) {
        const what = lookUpIn(key, valueOf(new TextEncoder().encode(body)));
        assert.equal(what.entry, entry, body);
        for (const [wanted, line] of Object.entries(printed)) {
          assert.equal(await lookUp(shell, { what, body, entry: wanted }), `${line}\n`, body);
        }
        for (const wanted of missing)
          await assert.rejects(lookUp(shell, { what, body, entry: wanted }));
      }
    });

    it(`finds nothing in what is no list any more, and passes over what has no names, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      for (const [list, body, entry] of [
        ['["a"]', '{"x": "a"}', 'a'],
        ['[{"name": "a"}]', '{"x": {"name": "a"}}', 'a'],
        ['[{"name": "a"}]', '["a"]', 'a'],
      ] as const) {
        const what = lookUpIn('key.json', valueOf(new TextEncoder().encode(list)));
        assert.match(await lookUp(shell, { what, body: list, entry }), /a/);
        await assert.rejects(lookUp(shell, { what, body, entry }));
      }
      const what = lookUpIn('key.json', valueOf(new TextEncoder().encode('[{"name": "a"}]')));
      const body = '["x", {"name": "a"}]';
      assert.equal(await lookUp(shell, { what, body, entry: 'a' }), '{"name":"a"}\n');
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
          by: byOf(format),
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

/** What one look-up prints, in a folder of its own. */
async function lookUp(
  shell: Shell,
  { what, body, entry }: { what: LookUp; body: string | undefined; entry: string },
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cache '));
  try {
    if (body !== undefined) await writeFile(path.join(folder, what.key), body);
    const [program = '', ...args] = shell.command;
    const env = { PATH: shell.path, NAME: entry };
    return (await run(program, [...args, '-c', lookUpCommand(what, folder)], { env })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function byOf(format: Format): LookUp['by'] {
  return format === 'JSON' || format === 'properties' ? 'name' : 'nothing';
}

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

interface Documented {
  readonly key: string;
  readonly body: string;
  readonly entry: string;
  readonly printed: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

interface Looked {
  readonly format: Format;
  readonly body: string | undefined;
  readonly entry: string;
  readonly wrappers?: readonly string[];
}
