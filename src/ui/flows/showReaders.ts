import { window, type QuickPickItem } from 'vscode';
import { effectWords, useLines } from '../../domain/readers/readerText.ts';
import { isRestartable } from '../../domain/readers/restartPatch.ts';
import { printWorkload, type Workload } from '../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import { changeOf, restartReaders } from './restartReaders.ts';
import type { ShowPlan } from './restartReport.ts';
import { runJob } from './runJob.ts';
import { say, type Session } from './session.ts';
import { showEvents } from './showEvents.ts';
import { targetOf } from './target.ts';

/** *Show Readers*: who reads a cache, and how; one that is chosen can be restarted or run. */
export async function showReaders(
  session: Session,
  argument: unknown,
  show: ShowPlan,
): Promise<void> {
  const target = await targetOf(session, argument, 'Show Readers');
  if (target === undefined) return;
  const { ref } = target;
  const [items, unknown] = await itemsOf(session, ref);
  if (items.length === 0) {
    say(`Nothing is known to read ${printCacheAndContext(ref)}. ${unknown}`.trim());
    return;
  }
  const picked = await window.showQuickPick(items, {
    title: `Readers of ${printCacheAndContext(ref)}`,
    placeHolder: unknown,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  const deed = await window.showQuickPick(deedsFor(picked.workload), {
    title: printWorkload(picked.workload.ref),
  });
  if (deed === RESTART) await restartReaders(session, { ...picked.node, ref }, show);
  if (deed === RUN) await runJob(session, { ...picked.node, ref });
  if (deed === EVENTS) await showEvents(session, [picked.workload]);
}

const RESTART = 'Restart...';
const RUN = 'Run Job Now';
const EVENTS = 'Show Events';

function deedsFor({ ref }: Workload): readonly string[] {
  return [
    ...(isRestartable(ref.kind) ? [RESTART] : []),
    ...(ref.kind === 'CronJob' ? [RUN] : []),
    EVENTS,
  ];
}

interface ReaderItem extends QuickPickItem {
  readonly workload: Workload;
  readonly node: object;
}

async function itemsOf(
  session: Session,
  ref: CacheRef,
): Promise<readonly [readonly ReaderItem[], string]> {
  const { readers } = await session.operations();
  const [picture, change] = await Promise.all([readers.of(ref), changeOf(session, ref)]);
  const items = picture.readers.map((reader) => ({
    label: printWorkload(reader.workload.ref),
    description: effectWords(reader, change),
    detail: useLines(reader, change).join('; '),
    workload: reader.workload,
    node: { kind: 'reader', ref, reader, change, pods: undefined, stale: [] },
  }));
  const unknown = picture.unknown.map(({ failure }) => failure.message).join(' ');
  return [items, unknown];
}
