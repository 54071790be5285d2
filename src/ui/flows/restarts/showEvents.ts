import { window } from 'vscode';
import { eventLine } from '../../../domain/readers/clusterEvent.ts';
import { isFailure } from '../../../domain/failure.ts';
import { printWorkload, type Workload } from '../../../domain/readers/workload.ts';
import { limited } from '../../../operations/limited.ts';
import { readerOf } from './readerOf.ts';
import type { Session } from '../session.ts';

const NEVER = new AbortController().signal;

/** *Show Events* on a reader; asks for one where it is called on something else. */
export async function showEventsOf(session: Session, argument: unknown): Promise<void> {
  const reader = await readerOf(session, argument, 'Show Events');
  if (reader !== undefined) await showEvents(session, [reader.workload]);
}

/** Requests that are under way at once. */
const AT_ONCE = 8;

/** What the cluster told lately about workloads, their ReplicaSets and their pods, as a text. */
export async function showEvents(session: Session, shown: readonly Workload[]): Promise<void> {
  const { workloads, readers } = await session.operations();
  const limit = limited(AT_ONCE);
  const all = shown.flatMap((workload) => [workload, ...readers.partsOf(workload)]);
  const parts = await Promise.all(
    all.map(async ({ ref, uid }) => {
      const text = await limit(() => workloads.events(ref, uid, NEVER)).then(
        (events) => events.map(eventLine),
        (error: unknown) => [isFailure(error) ? error.message : String(error)],
      );
      return [printWorkload(ref), ...text, ''].join('\n');
    }),
  );
  const bytes = new TextEncoder().encode(parts.join('\n'));
  const uri = session.texts.uriOf('events.txt', 'events', { kind: 'text', bytes });
  await window.showTextDocument(uri, { preview: true });
}
