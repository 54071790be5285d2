import { window } from 'vscode';
import { eventLine } from '../../domain/readers/clusterEvent.ts';
import { printWorkload, type Workload } from '../../domain/readers/workload.ts';
import { readerOf } from './readerOf.ts';
import type { Session } from './session.ts';

const NEVER = new AbortController().signal;

/** *Show Events* on a reader; asks for one where it is called on something else. */
export async function showEventsOf(session: Session, argument: unknown): Promise<void> {
  const reader = await readerOf(session, argument, 'Show Events');
  if (reader !== undefined) await showEvents(session, [reader.workload]);
}

/** What the cluster told lately about workloads and their pods, as a text. */
export async function showEvents(session: Session, shown: readonly Workload[]): Promise<void> {
  const { workloads, readers } = await session.operations();
  const parts = await Promise.all(
    shown.map(async (workload) => {
      const all = [workload, ...(readers.podsOf(workload) ?? [])];
      const texts = await Promise.all(
        all.map(async ({ ref, uid }) => {
          const events = await workloads.events(workload.ref, uid, NEVER);
          return [printWorkload(ref), ...events.map(eventLine), ''].join('\n');
        }),
      );
      return texts.join('\n');
    }),
  );
  const bytes = new TextEncoder().encode(parts.join('\n'));
  const uri = session.texts.uriOf('events.txt', 'events', { kind: 'text', bytes });
  await window.showTextDocument(uri, { preview: true });
}
