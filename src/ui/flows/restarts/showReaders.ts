import { window } from 'vscode';
import { restarterOn } from '../../../domain/readers/reader.ts';
import { effectWords, useLines } from '../../../domain/readers/readerText.ts';
import { isRestartable } from '../../../domain/readers/restartPatch.ts';
import { farSentence, unknownSentence } from '../../../domain/readers/restartText.ts';
import { printWorkload, type Workload } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { withoutIcons } from '../../../domain/text.ts';
import { farReadersOf } from '../../../operations/readers/farReaders.ts';
import type { ReaderNode } from '../../tree/node.ts';
import { renderReader } from '../../tree/readerRow.ts';
import { readerNodes } from '../../tree/readerNodes.ts';
import { detailOrGone } from '../detailOrGone.ts';
import { lookingFor, pickReader, type ReaderItem, type ReaderItems } from './readerPick.ts';
import { restartReaders } from './restartReaders.ts';
import { runJob } from '../jobs/runJob.ts';
import { inProgress, say, type Session } from '../session.ts';
import { showEvents } from './showEvents.ts';
import { targetOf } from '../target.ts';

/**
 * *Show Readers*: who reads a cache, and how, also from other namespaces; one that is chosen can be restarted or
 * run.
 */
export async function showReaders(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Show Readers');
  if (target === undefined) return;
  const { ref } = target;
  const place = printCacheAndContext(ref);
  const here = await inProgress(lookingFor(ref), (_, signal) => itemsOf(session, ref, signal));
  const picked = await pickReader(`Readers of ${place}`, here, (signal) =>
    farItemsOf(session, ref, signal),
  );
  if (picked.kind === 'none') say(`Nothing is known to read ${place}. ${picked.words}`.trim());
  if (picked.kind !== 'chosen') return;
  const { workload, node } = picked.item;
  const deed = await window.showQuickPick(deedsFor(workload, node), {
    title: printWorkload(workload.ref),
  });
  if (deed === RESTART) await restartReaders(session, node);
  if (deed === RUN) await runJob(session, node);
  if (deed === EVENTS) await showEvents(session, [workload]);
}

const RESTART = 'Restart...';
const RUN = 'Run Job Now';
const EVENTS = 'Show Events';

function deedsFor({ ref }: Workload, node: ReaderNode | undefined): readonly string[] {
  if (node === undefined) return [EVENTS];
  return [
    ...(isRestartable(ref.kind) ? [RESTART] : []),
    ...(ref.kind === 'CronJob' ? [RUN] : []),
    EVENTS,
  ];
}

async function itemsOf(session: Session, ref: CacheRef, signal: AbortSignal): Promise<ReaderItems> {
  const { readers, changeTimes } = await session.operations();
  const detail = await detailOrGone(session, ref);
  const [picture, times] = await Promise.all([
    readers.of(ref),
    changeTimes.of(ref, detail, signal),
  ]);
  const items = readerNodes(ref, picture, times).map((node) => {
    const { label, description } = renderReader(node);
    const { workload } = node.reader;
    return {
      label,
      description: withoutIcons(description),
      detail: withoutIcons(useLines(node.reader, node.change).join('; ')),
      workload,
      node,
    };
  });
  return { items, words: unknownSentence(picture.unknown) ?? '' };
}

/** Those of other namespaces: what wave restarts by itself, and what asks for a semaphore. */
async function farItemsOf(
  session: Session,
  ref: CacheRef,
  signal: AbortSignal,
): Promise<ReaderItems> {
  const { workloads } = await session.operations();
  const { readers, unknown } = await farReadersOf(ref, workloads, signal);
  const change = { isImmutable: false };
  const items = readers.map((reader): ReaderItem => {
    const { workload } = reader;
    const restarter = restarterOn(reader, change);
    const by = restarter === undefined ? [] : [`${restarter} restarts it`];
    return {
      label: `${printWorkload(workload.ref)} in namespace ${workload.ref.namespace}`,
      description: withoutIcons([...by, effectWords(reader, change)].join(' · ')),
      detail: withoutIcons(useLines(reader, change).join('; ')),
      workload,
    };
  });
  return { items, words: farSentence(unknown) };
}
