import { window, type QuickPickItem } from 'vscode';
import { useLines } from '../../domain/readers/readerText.ts';
import { unknownSentence } from '../../domain/readers/restartText.ts';
import { isRestartable } from '../../domain/readers/restartPatch.ts';
import { printWorkload, type Workload } from '../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../domain/ref.ts';
import type { ReaderNode } from '../tree/node.ts';
import { renderReader } from '../tree/readerRow.ts';
import { readerNodes } from '../tree/readerNodes.ts';
import { detailOrGone } from './detailOrGone.ts';
import { restartReaders } from './restartReaders.ts';
import { runJob } from './runJob.ts';
import { say, type Session } from './session.ts';
import { showEvents } from './showEvents.ts';
import { targetOf } from './target.ts';

/** *Show Readers*: who reads a cache, and how; one that is chosen can be restarted or run. */
export async function showReaders(session: Session, argument: unknown): Promise<void> {
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
  if (deed === RESTART) await restartReaders(session, picked.node);
  if (deed === RUN) await runJob(session, picked.node);
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
  readonly node: ReaderNode;
}

async function itemsOf(
  session: Session,
  ref: CacheRef,
): Promise<readonly [readonly ReaderItem[], string]> {
  const { readers, changeTimes } = await session.operations();
  const detail = await detailOrGone(session, ref);
  const [picture, times] = await Promise.all([
    readers.of(ref),
    changeTimes.of(ref, detail, new AbortController().signal),
  ]);
  const items = readerNodes(ref, picture, times).map((node) => {
    const { label, description } = renderReader(node);
    const { workload } = node.reader;
    return {
      label,
      description,
      detail: useLines(node.reader, node.change).join('; '),
      workload,
      node,
    };
  });
  return [items, unknownSentence(picture.unknown) ?? ''];
}
