import { createHash, randomUUID } from 'node:crypto';
import { HistoryFiles } from '../src/gateway/history/historyFiles.ts';
import type { HistoryPlace, HistoryRecord } from '../src/domain/history/history.ts';
import { FIELD_MANAGER } from '../src/domain/owners.ts';
import { versionWords } from '../src/domain/history/pastText.ts';
import { MAX_VALUE_BYTES } from '../src/domain/size.ts';
import type { HistoryStore } from '../src/operations/ports.ts';
import { Undo } from '../src/operations/history/undo.ts';
import { BareClient } from './bareClient.ts';
import { differenceOf, median, ratioOf, timeOf } from './figures.ts';
import type { Measurement, Scenes } from './measurement.ts';
import { historyFolder, LIMITS, productOn } from './product.ts';
import { refreshing } from './refresh.ts';

const NAMESPACE = 'default';
const TURNS = 51;
const never = new AbortController().signal;

/** JSON of exactly 1 MiB, in entries as look-ups have them. */
function largest(): string {
  const entries = Array.from({ length: 15_000 }, (_, index) => [
    `github.com/example/repository-${index}`,
    `team-${index % 10}, building ${index % 7}`,
  ]);
  const text = JSON.stringify(Object.fromEntries(entries), null, 1);
  return text + ' '.repeat(MAX_VALUE_BYTES - text.length);
}

/** Opens a key as VS Code opens a file, of a cache that nobody has looked at yet: `stat`, then the bytes. */
async function opening(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const key = 'mappings.json';
  const ref = { context: 'demo', namespace: NAMESPACE, name: 'bench-large' };
  const metadata = { name: ref.name, namespace: NAMESPACE };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [key]: largest() } };
  await scene.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  const { cluster, openKeys, rights } = await productOn(scene);
  const uid = (await cluster.readCache(ref, never))?.uid ?? '';
  const open = async () => {
    const { bytes } = await openKeys.stat({ ref, uid, key }, never);
    const content = await openKeys.read({ ref, uid, key }, never);
    if (bytes !== MAX_VALUE_BYTES || content.length !== bytes) throw new Error('It is not whole.');
  };
  const bare = await BareClient.open(scene.plane.kubeconfig);
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${ref.name}`;
  const ratio = await ratioOf(
    25,
    () => {
      openKeys.reset();
      rights.reset();
      return timeOf(open);
    },
    () => timeOf(() => bare.send({ method: 'GET', path })),
  );
  openKeys.reset();
  bare.close();
  return ratio;
}

/** As many keys as make 5,000 versions where so many of each are kept as the manifest says. */
const KEYS = Array.from(
  { length: 5000 / LIMITS.versionsPerKey },
  (_, index) => `key-${index}.json`,
);

const printTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** What is kept of one refresh: before it, and once it has ended. */
function recordsOf(key: string, number: number): [HistoryRecord[], HistoryRecord[]] {
  const uid = '0d6b0a1e-0000-4000-8000-000000000001';
  const digest = (of: number) => createHash('sha256').update(`${key} ${of}`).digest('hex');
  const second = Date.UTC(2026, 0, 1, 0, 0, number);
  const [at, ended] = [printTime(second), printTime(second + 15)];
  const [before, sha256] = [digest(number - 1), digest(number)];
  const id = randomUUID();
  const facts = { source: `https://example.com/data/${key}`, refreshed: at, sha256 };
  const content = { key, sha256, bytes: 10_000, stored: 'text', facts } as const;
  const by = { manager: FIELD_MANAGER, time: at, write: id };
  return [
    [
      { kind: 'version', at, uid, ...content, ...by },
      { kind: 'write', at, uid, id, keys: [{ key, before, after: sha256 }] },
    ],
    [{ kind: 'outcome', at: ended, uid, id, written: true }],
  ];
}

/** Keeps refreshes as they come one after the other, as many as there are versions. */
async function fill(store: HistoryStore, place: HistoryPlace): Promise<void> {
  for (let number = 0; number < LIMITS.versionsPerKey * KEYS.length; number++) {
    const key = KEYS[number % KEYS.length] ?? '';
    for (const records of recordsOf(key, number)) await store.keep(place, records, new Map());
  }
}

/**
 * Milliseconds from *Show History* on a cache to the words of its rows, in a window that shows it first. The
 * request for the cache, which is on its way meanwhile, is not in it.
 */
async function listing(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const { cluster, changes, history } = await productOn(scene);
  const ref = { context: 'demo', namespace: NAMESPACE, name: 'bench-history' };
  const folder = await historyFolder(scene);
  const store = () => new HistoryFiles(folder, () => LIMITS);
  const [place] = await history.places(ref, never);
  if (place !== undefined) await fill(store(), place);
  const rows = async () => {
    const past = await new Undo(store(), { history, changes, cluster }).past(ref, never);
    return past.versions().map((version) => {
      return versionWords(version, { now: Date.now(), current: false, deleted: false });
    });
  };
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) times.push(await timeOf(rows));
  const { length } = await rows();
  if (length !== 5000) throw new Error(`There are ${length} rows.`);
  process.stderr.write(`  the first time ${(times[0] ?? 0).toFixed(1)} ms\n`);
  return median(times);
}

/** Milliseconds that a refresh takes longer than where nothing is kept. The history is full at first. */
async function keeping(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  const kept = await refreshing(scene, 'bench-kept', await productOn(scene));
  const without = await productOn(scene, { ...LIMITS, versionsPerKey: 0 });
  const notKept = await refreshing(scene, 'bench-not-kept', without);
  for (let version = 0; version < LIMITS.versionsPerKey; version++) await kept();
  return await differenceOf(
    100,
    () => timeOf(kept),
    () => timeOf(notKept),
  );
}

export const HISTORY: readonly Measurement[] = [
  {
    name: 'key: a key of 1 MiB opened as a file, to GET of its ConfigMap',
    limit: 3,
    unit: '× the bare request',
    measure: opening,
  },
  {
    name: 'history: 5,000 versions, from disk to the words of their rows',
    limit: 50,
    unit: 'ms',
    measure: listing,
  },
  {
    name: 'history: plan and apply one 50 KB key, longer than where nothing is kept',
    limit: 5,
    unit: 'ms',
    measure: keeping,
  },
];
