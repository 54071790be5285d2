import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { CachePlan } from '../../src/domain/plan/cachePlan.ts';
import { isFailure } from '../../src/domain/failure.ts';
import type { Operations } from '../../src/operations/operations.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { chance } from '../fakes/chance.ts';
import { StateChain, type State } from './stateChain.ts';
import { windowOn } from './window.ts';

const never = new AbortController().signal;
/** Milliseconds that a writer rests at most. */
const MAX_REST = 600;

const KEYS = Array.from({ length: 10 }, (_, index) => `key-${index}.json`);

/** A plan of ours that was applied, and what we were told of it. */
export interface Attempt {
  readonly plan: CachePlan;
  readonly told:
    'written' | 'readBack' | 'notYet' | 'overwritten' | 'overtaken' | 'conflict' | 'unclear';
}

/** How plans have to have ended before the writers may stop, however slow the machine is. */
const ENDS = ['written', 'readBack', 'notYet', 'conflict'] as const;

/** What ten writers did, what they were told, and what was true. */
export interface Together {
  readonly attempts: readonly Attempt[];
  /** The values for which kubectl ended with 0. */
  readonly acknowledged: readonly string[];
  readonly refusedByKubectl: number;
  readonly states: readonly State[];
  /** The contents that are in the history on disk. */
  readonly kept: ReadonlySet<string>;
  readonly cuts: Readonly<Record<'cutBefore' | 'cutAfter', number>>;
}

/** A window of ours, and the proxy that breaks its connections. */
interface Window extends Operations {
  readonly proxy: FaultProxy;
}

/** Ten writers on one cache of ten keys: refreshes, saves and undos of two windows, and kubectl beside them. */
class Writers {
  readonly #plane: ControlPlane;
  readonly #next: (limit: number) => number;
  readonly #ref = { context: 'demo', namespace: 'default', name: 'contested' };
  readonly #until: number;
  readonly attempts: Attempt[] = [];
  readonly acknowledged: string[] = [];
  readonly cuts = { cutBefore: 0, cutAfter: 0 };
  refusedByKubectl = 0;
  #values = 0;

  constructor(plane: ControlPlane, { seconds, seed }: { seconds: number; seed: number }) {
    this.#plane = plane;
    this.#next = chance(seed);
    this.#until = Date.now() + seconds * 1000;
  }

  /** Lets all of them write until the time is up and each end has been seen. */
  async work([one, other]: readonly [Window, Window]): Promise<void> {
    const refresh = (window: Window) => () => this.#refresh(window);
    const save = (window: Window) => () => this.#save(window);
    const undo = (window: Window) => () => this.#undo(window);
    const writers = [
      ...[refresh(one), refresh(other), save(one), save(other), undo(one), undo(other)],
      ...[1, 2, 3].map(() => () => this.#kubectl('patch')),
      () => this.#kubectl('apply'),
    ];
    const busy = async (write: () => Promise<void>) => {
      while (Date.now() < this.#until || !this.#hasEveryEnd()) {
        // Without a rest a write would always come between a plan and its write.
        await rest(this.#next(MAX_REST));
        await write();
      }
    };
    await Promise.all(writers.map(busy));
  }

  #hasEveryEnd(): boolean {
    return ENDS.every((end) => this.attempts.some(({ told }) => told === end));
  }

  #key(): string {
    return KEYS[this.#next(KEYS.length)] ?? '';
  }

  /** A value that nobody else writes, as long as every other. */
  #value(): string {
    return JSON.stringify({ value: String(this.#values++).padStart(9, '0') });
  }

  async #refresh(window: Window): Promise<void> {
    const content = { bytes: Buffer.from(this.#value()) };
    const source = { kind: 'url', url: 'https://example.com/data.json' } as const;
    await this.#apply(window, () =>
      window.changes.plan(this.#ref, [{ key: this.#key(), source, content }], never),
    );
  }

  async #save(window: Window): Promise<void> {
    const { cluster, openKeys } = window;
    await this.#apply(window, async () => {
      const uid = (await cluster.readCache(this.#ref, never))?.uid ?? '';
      const address = { ref: this.#ref, uid, key: this.#key() };
      await openKeys.read(address, never);
      return (await openKeys.planSave(address, Buffer.from(this.#value()), never)).plan;
    });
  }

  async #undo(window: Window): Promise<void> {
    await this.#apply(window, () => window.undo.planUndo(this.#ref, never));
  }

  /** Plans and applies; one write in four loses its connection, before or after the server has seen it. */
  async #apply({ changes, proxy }: Window, planned: () => Promise<CachePlan>): Promise<void> {
    const plan = await planned().catch(ignoreFailure);
    if (plan === undefined || plan.keys.every(({ verdicts }) => verdicts.some(isUnchanged))) return;
    const fault = (['cutBefore', 'cutAfter'] as const)[this.#next(8)];
    if (fault !== undefined) {
      this.cuts[fault]++;
      proxy.break(({ method }) => method === 'PATCH', { kind: fault });
    }
    const outcome = await changes.apply(plan, never).catch(ignoreFailure);
    this.attempts.push({ plan, told: toldBy(outcome) });
  }

  async #kubectl(verb: 'patch' | 'apply'): Promise<void> {
    const value = this.#value();
    const { name } = this.#ref;
    const data = { [this.#key()]: value };
    try {
      if (verb === 'patch') {
        const patch = JSON.stringify({ data });
        await this.#plane.kubectl(['patch', 'configmap', name, '--type=merge', '-p', patch]);
      } else {
        const input = JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name },
          data,
        });
        const manager = `--field-manager=job-${Object.keys(data).join('')}`;
        const args = ['apply', '--server-side', '--force-conflicts', manager, '-f', '-'];
        await this.#plane.kubectl(args, { input });
      }
      this.acknowledged.push(value);
    } catch {
      this.refusedByKubectl++;
    }
  }
}

/** Makes the cache, lets ten writers at it for so many seconds at least, and gathers what became of it. */
export async function writeTogether(
  plane: ControlPlane,
  of: { readonly seconds: number; readonly seed: number },
): Promise<Together> {
  const name = 'contested';
  await plane.kubectl([
    ...['create', 'configmap', name],
    ...KEYS.map((key, index) => `--from-literal=${key}={"first": "${index}-----"}`),
  ]);
  const historyFolder = await mkdtemp(path.join(plane.directory, 'history-'));
  const windows = [await open(plane, historyFolder), await open(plane, historyFolder)] as const;
  const ref = { context: 'demo', namespace: 'default', name };
  const uid = (await windows[0].cluster.readCache(ref, never))?.uid ?? '';
  const end = new AbortController();
  // In each window an editor shows a key of it.
  for (const { openKeys } of windows) {
    openKeys.follow({ ref, uid, key: KEYS[0] ?? '' }, () => undefined, end.signal);
  }
  const chain = await StateChain.of(plane, name);
  const writers = new Writers(plane, of);
  await writers.work(windows);
  const states = await chain.end(name);
  for (const { proxy } of windows) proxy.mend();
  const kept = await keptBy(windows, ref);
  end.abort();
  for (const window of windows) await close(window);
  const { attempts, acknowledged, refusedByKubectl, cuts } = writers;
  return { attempts, acknowledged, refusedByKubectl, states, kept, cuts };
}

async function open(plane: ControlPlane, historyFolder: string): Promise<Window> {
  const proxy = await FaultProxy.start(plane);
  const historyLimits = () => ({ versionsPerKey: 1_000_000, bytes: 1024 ** 3 });
  const operations = await windowOn(plane, {
    kubeconfig: proxy.kubeconfig,
    historyFolder,
    historyLimits,
  });
  return { ...operations, proxy };
}

async function close({ openKeys, cluster, proxy }: Window): Promise<void> {
  openKeys.reset();
  cluster.reset();
  await proxy.stop();
}

/** The contents of all versions on disk, once both windows have kept what they know. */
async function keptBy(
  windows: readonly Window[],
  ref: Parameters<Operations['undo']['past']>[0],
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const { undo } of windows) {
    for (const version of (await undo.past(ref, never)).versions()) {
      kept.add(Buffer.from(await undo.content(version)).toString());
    }
  }
  return kept;
}

function toldBy(outcome: Awaited<ReturnType<Operations['changes']['apply']>> | undefined) {
  if (outcome === undefined) return 'unclear';
  if (outcome.kind === 'written') return outcome.confirmedByReading ? 'readBack' : 'written';
  if (outcome.kind === 'gone') throw new Error('Nobody deletes it.');
  return outcome.kind;
}

function isUnchanged({ kind }: { readonly kind: string }): boolean {
  return kind === 'unchanged';
}

/** Nothing for a failure that a person would be shown; anything else is a fault of ours. */
function ignoreFailure(error: unknown): undefined {
  if (!isFailure(error)) throw error;
}
