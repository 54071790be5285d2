import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { NewContent } from '../../src/domain/plan/cachePlan.ts';
import { yamlText } from '../../src/domain/manifests/yamlText.ts';
import type { CacheRef } from '../../src/domain/ref.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { mergePatchOf, newConfigMapOf } from '../../src/gateway/kubernetes/translate.ts';
import { KubectlCommands } from '../../src/operations/kubectlCommands.ts';
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
});
