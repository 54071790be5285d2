import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { ownFields, handedOver } from '../../src/domain/manifests/applyPlan.ts';
import { REFRESH_IMAGE, type RefreshJob } from '../../src/domain/manifests/refreshJob.ts';
import type { NewContent } from '../../src/domain/plan/cachePlan.ts';
import type { Fields } from '../../src/domain/readers/json.ts';
import { yamlText } from '../../src/domain/manifests/yamlText.ts';
import type { CacheRef } from '../../src/domain/ref.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { mergePatchOf, newConfigMapOf } from '../../src/gateway/kubernetes/translate.ts';
import { KubectlCommands } from '../../src/operations/kubectlCommands.ts';
import { ApplyObjects } from '../../src/operations/scaffold/applyObjects.ts';
import { scaffolds } from '../../src/operations/scaffold/scaffolds.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { chance } from '../fakes/chance.ts';
import { changesOn } from '../fakes/changesOn.ts';
import { hostileText } from '../fakes/hostileTexts.ts';
import { run } from '../run.ts';
import { ensureShells, type Shell } from './shells.ts';

const never = new AbortController().signal;
const now = () => new Date('2026-01-02T03:04:05.678Z');
const MADE = { kind: 'url', url: 'https://example.com/made?token=hidden' } as const;
const TYPED = { kind: 'editor' } as const;

/** What is the same of two ConfigMaps that were written in the same way. */
interface Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[];
  };
}

describe('a plan as a kubectl command, run by real shells', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  let shells: readonly Shell[];
  let kubeconfig: string;
  const below = chance(5);
  /** As a person may have them: names of contexts may be anything that an argument may be. */
  const contexts = Array.from({ length: 50 }, (_, index) => {
    const text = hostileText(below).replaceAll('\0', '');
    return `${text}${index}`;
  });
  const commands = new KubectlCommands({ patchOf: mergePatchOf, objectOf: newConfigMapOf }, now);

  before(async function () {
    plane = await startControlPlane();
    shells = await ensureShells(plane.directory, plane.binaries.path('kubectl'));
    if (shells.length === 0) return this.skip();
    const config = parse(await plane.kubectl(['config', 'view', '--raw', '--flatten'])) as {
      contexts: readonly { name: string; context: object }[];
    };
    const context = config.contexts[0]?.context;
    kubeconfig = path.join(plane.directory, 'contexts');
    const all = ['demo', ...contexts].map((name) => ({ name, context }));
    await writeFile(kubeconfig, yamlText({ ...config, contexts: all }));
    cluster = new KubernetesCluster(() => [kubeconfig]);
  });
  after(async () => {
    cluster.reset();
    await plane.stop();
  });

  const stored = async (name: string) =>
    JSON.parse(
      await plane.kubectl(['get', 'configmap', name, '--show-managed-fields', '-o', 'json']),
    ) as Stored;
  const allStored = async () => {
    const args = ['get', 'configmaps', '--show-managed-fields', '-o', 'json'];
    const { items } = JSON.parse(await plane.kubectl(args)) as { items: readonly Stored[] };
    return new Map(items.map((each) => [each.metadata.name, each]));
  };
  const same = ({ data, binaryData, metadata }: Stored) => ({
    data,
    binaryData,
    annotations: metadata.annotations,
    labels: metadata.labels,
    managers: metadata.managedFields
      ?.map(({ manager, operation }) => `${manager} ${operation}`)
      .sort(),
  });
  const refOf = (name: string, context = 'demo'): CacheRef => ({
    context,
    namespace: 'default',
    name,
  });
  const create = (names: readonly string[], data: object, binaryData: object = {}) => {
    const annotations = { 'source.cache-configmaps.dev/typed': 'https://x' };
    const items = names.map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, annotations },
      data,
      binaryData,
    }));
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    return plane.kubectl(['create', '-f', '-'], { input });
  };
  /** Gives it to a shell. */
  const paste = async (
    command: string,
    { command: [program = '', ...args], path: PATH }: Shell,
  ) => {
    const file = path.join(plane.directory, 'pasted');
    await writeFile(file, command);
    return await run(program, [...args, file], { env: { PATH, HOME: plane.directory } });
  };
  const commandFor = async (ref: CacheRef, contents: readonly NewContent[], files = kubeconfig) => {
    const plan = await changesOn(cluster, now).changes.plan(ref, contents, never);
    return await commands.of(plan, files);
  };
  /** The same write by the extension itself. */
  const write = async (ref: CacheRef, contents: readonly NewContent[]) => {
    const { changes } = changesOn(cluster, now);
    const outcome = await changes.apply(await changes.plan(ref, contents, never), never);
    assert.equal(outcome.kind, 'written');
  };
  const bytes = (content: string) => ({ bytes: new TextEncoder().encode(content) });

  it('does with 2,000 hostile texts under 50 hostile names of contexts what the extension does', async () => {
    const places = contexts.map((context, index) => ({
      context,
      theirs: `theirs-${index}`,
      ours: `ours-${index}`,
    }));
    const data = { typed: 'was text', gone: 'x', other: 'stays' };
    const names = places.flatMap(({ theirs, ours }) => [theirs, ours]);
    await create(names, data, { 'key-0': 'AP8=' });
    for (const [index, { context, theirs, ours }] of places.entries()) {
      const contents: NewContent[] = Array.from({ length: 40 }, (_, key) => ({
        key: `key-${key}`,
        source: TYPED,
        content: bytes(hostileText(below)),
      }));
      const random = Uint8Array.from({ length: 200 }, () => below(256));
      contents.push({ key: 'typed', source: TYPED, content: { bytes: random } });
      contents.push({ key: 'made', source: MADE, content: bytes('{"a": "it\'s"}') });
      contents.push({ key: 'gone', source: TYPED, content: undefined });
      const shell = shells[index % shells.length];
      assert.ok(shell);
      await paste(await commandFor(refOf(theirs, context), contents), shell);
      await write(refOf(ours), contents);
    }
    const all = await allStored();
    for (const { context, theirs, ours } of places) {
      const [written, expected] = [all.get(theirs), all.get(ours)];
      assert.ok(written !== undefined && expected !== undefined);
      assert.deepEqual(same(written), same(expected), context);
    }
  });

  for (const name of ['BusyBox ash', 'dash', 'bash']) {
    it(`creates what is not there and changes what is, up to the limit, under ${name}`, async function () {
      const shell = shells.find((each) => each.name === name);
      if (shell === undefined) return this.skip();
      const [theirs, ours] = ['theirs', 'ours'].map((each) =>
        `${each}-${name.replace(/\W/, '-')}`.toLowerCase(),
      );
      assert.ok(theirs !== undefined && ours !== undefined);
      for (const letter of ['x', '"']) {
        const contents = [
          { key: 'made', source: MADE, content: bytes(letter.repeat(1024 * 1024)) },
        ];
        const command = await commandFor(refOf(theirs), contents);
        await paste(command, shell);
        await write(refOf(ours), contents);
        assert.deepEqual(same(await stored(theirs)), same(await stored(ours)));
        // What was done cannot be done twice: it is there now, or at another version.
        const { metadata } = await stored(theirs);
        await assert.rejects(paste(command, shell), /AlreadyExists|the object has been modified/);
        assert.equal((await stored(theirs)).metadata.resourceVersion, metadata.resourceVersion);
      }
    });
  }

  it('writes nothing into another object of that name at the same version, as in another cluster', async () => {
    const [shell] = shells;
    assert.ok(shell);
    await create(['elsewhere'], { key: 'before' });
    const contents = [{ key: 'key', source: TYPED, content: bytes('after') }];
    const command = await commandFor(refOf('elsewhere'), contents);
    const { uid } = (await stored('elsewhere')).metadata;
    const other = command.replace(uid, '00000000-0000-4000-8000-000000000000');
    assert.notEqual(other, command);
    await assert.rejects(paste(other, shell), /uid/i);
    assert.deepEqual((await stored('elsewhere')).data, { key: 'before' });
  });

  describe('of applying a refresh job', () => {
    const job = (namespace: string): RefreshJob => ({
      cache: { namespace, name: 'workflow-cache' },
      key: 'mappings.json',
      format: 'JSON',
      url: "https://example.com/it's?$(id)&x=`y`",
      schedule: '0 2 * * *',
      timeZone: 'UTC',
      header: undefined,
      maxAge: undefined,
      restarts: [],
      image: REFRESH_IMAGE,
    });
    const planFor = async (namespace: string) => {
      const where = { context: 'demo', namespace };
      const objects = scaffolds.manifestObjects(scaffolds.refreshJobFiles(job(namespace)), where);
      return await new ApplyObjects(cluster.manifests).plan(where, objects, never);
    };
    const applyIn = async (namespace: string) =>
      await new ApplyObjects(cluster.manifests).apply(await planFor(namespace));
    const pasteIn = async (namespace: string, shell: Shell | undefined) => {
      assert.ok(shell);
      return await paste(commands.ofApply(await planFor(namespace), kubeconfig), shell);
    };
    const KINDS = ['serviceaccount', 'role', 'rolebinding', 'cronjob'];
    /** The objects of a namespace, as far as they do not depend on which one it is or when they were written. */
    const objectsIn = async (namespace: string) => {
      const [name, args] = [
        'refresh-workflow-cache-mappings-json',
        ['-n', namespace, '-o', 'json'],
      ];
      const printed = await Promise.all(
        KINDS.map((kind) => plane.kubectl(['get', kind, name, '--show-managed-fields', ...args])),
      );
      return printed.map((text) => {
        const object = JSON.parse(text.replaceAll(namespace, 'NAMESPACE')) as Stored & Fields;
        return { own: ownFields(object), managers: same(object).managers };
      });
    };
    const setSchedule = (namespace: string) => {
      const patch = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: '0 3 * * *' } };
      const metadata = { name: 'refresh-workflow-cache-mappings-json' };
      const args = [
        'apply',
        '-n',
        namespace,
        '--server-side',
        '--field-manager=somebody',
        '-f',
        '-',
      ];
      const input = JSON.stringify({ ...patch, metadata });
      return plane.kubectl([...args, '--force-conflicts'], { input });
    };

    before(async () => {
      for (const name of ['space-theirs', 'space-ours', 'space-moved']) {
        await plane.kubectl(['create', 'namespace', name]);
      }
    });

    it('does what applying it does, and takes over the same fields', async () => {
      await pasteIn('space-theirs', shells[0]);
      await applyIn('space-ours');
      assert.deepEqual(await objectsIn('space-theirs'), await objectsIn('space-ours'));
      for (const namespace of ['space-theirs', 'space-ours']) await setSchedule(namespace);
      const changed = await objectsIn('space-theirs');
      await pasteIn('space-theirs', shells.at(-1));
      await applyIn('space-ours');
      assert.deepEqual(await objectsIn('space-theirs'), await objectsIn('space-ours'));
      assert.notDeepEqual(await objectsIn('space-theirs'), changed);
    });

    it('stops at an object that is not as it was shown', async () => {
      await applyIn('space-moved');
      await setSchedule('space-moved');
      const command = commands.ofApply(await planFor('space-moved'), kubeconfig);
      await plane.kubectl(['label', 'role', '-n', 'space-moved', '--all', 'touched=yes']);
      const before = await objectsIn('space-moved');
      const [shell] = shells;
      assert.ok(shell);
      await assert.rejects(paste(command, shell), /the object has been modified/);
      assert.deepEqual(await objectsIn('space-moved'), before);
    });

    it('hands over what it says that kubectl hands over, and applying does not', async () => {
      const labels = async (namespace: string) => {
        const args = ['get', 'role', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.labels}'];
        return JSON.parse(await plane.kubectl(args)) as Readonly<Record<string, string>>;
      };
      for (const namespace of ['by-command', 'by-us']) {
        await plane.kubectl(['create', 'namespace', namespace]);
        const [, role] = scaffolds.manifestObjects(scaffolds.refreshJobFiles(job(namespace)), {
          context: 'demo',
          namespace,
        });
        const { metadata, ...fields } = role?.fields as Fields & { metadata: { labels: Fields } };
        const labelled = { ...metadata, labels: { ...metadata.labels, team: 'shop' } };
        const input = JSON.stringify({ ...fields, metadata: labelled });
        await plane.kubectl(['apply', '-n', namespace, '-f', '-'], { input });
      }
      const said = (await planFor('by-command')).lines.flatMap(handedOver);
      assert.match(said.join(), /^Role by-command\/[^ ]* was once applied/);
      await pasteIn('by-command', shells[0]);
      await applyIn('by-command');
      assert.equal((await labels('by-command'))['team'], undefined);
      for (let time = 0; time < 2; time++) await applyIn('by-us');
      assert.equal((await labels('by-us'))['team'], 'shop');
    });
  });
});
