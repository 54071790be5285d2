import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HistoryPlace, Version } from '../../src/domain/history/history.ts';
import { HistoryFiles } from '../../src/gateway/history/historyFiles.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { SCHEMES } from '../../src/ui/contributions.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { openEditorWindow, type EditorWindow } from '../editor/editorWindow.ts';
import { chance } from '../fakes/chance.ts';
import { run } from '../run.ts';
import { SavingHosts, type Saved, type SavingHost } from './savingHosts.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SAVER = path.join(import.meta.dirname, 'saver');
const KEYS = ['a.txt', 'b.txt', 'c.txt'];
const REF = { context: 'demo', namespace: 'default', name: 'saved-cache' };
const KILLS = 200;

/** The default limits of a person's history. */
const LIMITS = { versionsPerKey: 50, bytes: 200 * 1024 ** 2 };
/** So many of the last saves of a key are within the limits, whatever killed hosts began beside them. */
const LAST = 20;

describe('the extension host of a real editor that is killed while it writes history', () => {
  let folder: string;
  let plane: ControlPlane;
  let hosts: SavingHosts;
  let window: EditorWindow;
  let place: HistoryPlace;
  let history: string;

  before(async () => {
    await run(process.execPath, ['esbuild.mjs', '--minify'], { cwd: ROOT });
    folder = await mkdtemp(path.join(tmpdir(), 'killed-'));
    plane = await startControlPlane();
    hosts = await SavingHosts.listen();
    const literals = KEYS.map((key) => `--from-literal=${key}=${'0'.repeat(40_000)}`);
    await plane.kubectl(['create', 'configmap', REF.name, ...literals]);
    const cluster = new KubernetesCluster(() => [plane.kubeconfig]);
    const never = new AbortController().signal;
    const [identity = ''] = await cluster.identity(REF.context, never);
    const uid = (await cluster.readCache(REF, never))?.uid ?? '';
    cluster.reset();
    place = { cluster: identity, namespace: REF.namespace, name: REF.name };
    const storage = 'user-data/User/globalStorage/cache-configmaps.cache-configmaps';
    history = path.join(folder, storage, 'history');
    await mkdir(path.join(folder, 'workspace'));
    const where = `${SCHEMES.key}://${uid}/${REF.context}/${REF.namespace}/${REF.name}`;
    window = await openEditorWindow({
      folder,
      extensions: [ROOT, SAVER],
      workspace: path.join(folder, 'workspace'),
      // Nobody edits here: what saves is not a person, and must not have to ask one.
      settings: { 'files.autoSave': 'off' },
      env: {
        KUBECONFIG: plane.kubeconfig,
        SAVER_PORT: String(hosts.port),
        SAVER_FILES: JSON.stringify(KEYS.map((key) => `${where}/${key}`)),
      },
    });
  });
  after(async () => {
    await window.close();
    hosts.stop();
    await plane.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** All versions that are there, as another window would find them; each has its content. */
  const versions = async (): Promise<readonly Version[]> => {
    const store = new HistoryFiles(history, () => LIMITS);
    const records = await store.records(place);
    const found = records.flatMap((record) => (record.kind === 'version' ? [record] : []));
    for (const { sha256 } of found) {
      const content = await store.content(sha256);
      assert.ok(content !== undefined, 'its content is there');
      assert.equal(createHash('sha256').update(content).digest('hex'), sha256);
    }
    return found;
  };

  /** The last saves of each key that are in no version. */
  const missing = async (saves: readonly Saved[]): Promise<readonly Saved[]> => {
    const found = new Set((await versions()).map(({ key, sha256 }) => `${key} ${sha256}`));
    return KEYS.flatMap((name) => saves.filter(({ key }) => key === name).slice(-LAST)).filter(
      ({ key, sha256 }) => !found.has(`${key} ${sha256}`),
    );
  };

  it(`always opens again, with all complete versions, ${KILLS} times`, async () => {
    const next = chance(200);
    const saves: Saved[] = [];
    const halfWritten = new Set<string>();
    let looked = 0;
    for (let kills = 0; kills < KILLS; kills++) {
      const host = await hosts.next();
      const first = await host.next();
      assert.ok(first !== undefined, 'a host that begins saves');
      saves.push(first);
      await changes(history, 1 + next(12));
      await pause(next(6));
      saves.push(...(await killed(host)));
      for (const file of await passing(history)) halfWritten.add(file);
      assert.deepEqual(await missing(saves), [], `after kill ${kills + 1}`);
      looked += Math.min(saves.length, LAST * KEYS.length);
      await window.page.reload({ waitUntil: 'commit' });
    }
    assert.ok((await (await hosts.next()).next()) !== undefined, 'it goes on to work');
    process.stdout.write(
      `      ${KILLS} kills, ${saves.length} saves made, ${halfWritten.size} files left half written; ${looked} times a version was looked for, 0 missing\n`,
    );
  });
});

/** Kills an extension host, and gives the saves that it told of before. */
async function killed({ pid, rest }: SavingHost): Promise<readonly Saved[]> {
  process.kill(pid, 'SIGKILL');
  return await rest();
}

/** Waits until something happened so many times to the files of a history. */
async function changes(history: string, times: number): Promise<void> {
  // Of a folder that is not there nothing would ever be told.
  await access(history);
  await new Promise<void>((resolve) => {
    let seen = 0;
    const watcher = watch(history, { recursive: true }, () => {
      seen++;
      if (seen < times) return;
      watcher.close();
      resolve();
    });
  });
}

/** Files of a history that were being written. */
async function passing(history: string): Promise<readonly string[]> {
  return (await readdir(history, { recursive: true })).filter((name) => name.endsWith('.tmp'));
}
