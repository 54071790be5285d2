import { window } from 'vscode';
import type { Reader } from '../../../domain/readers/reader.ts';
import { printWorkload, type WorkloadKind } from '../../../domain/readers/workload.ts';
import { printCacheAndContext } from '../../../domain/ref.ts';
import { isNode } from '../../tree/node.ts';
import { inProgress, say, type Session } from '../session.ts';
import { targetOf } from '../target.ts';
import { lookingFor } from './readerPick.ts';

/** The reader that a command's first argument stands for; asks for a cache and one of its readers where it is none. */
export async function readerOf(
  session: Session,
  argument: unknown,
  title: string,
  kind?: WorkloadKind,
): Promise<Reader | undefined> {
  if (isNode(argument) && argument.kind === 'reader') return argument.reader;
  const target = await targetOf(session, argument, title);
  if (target === undefined) return undefined;
  const { readers } = await session.operations();
  const { readers: all } = await inProgress(lookingFor(target.ref), () => readers.of(target.ref));
  const found = all.filter(({ workload }) => kind === undefined || workload.ref.kind === kind);
  if (found.length === 0) {
    say(`No ${kind ?? 'workload'} is known to read ${printCacheAndContext(target.ref)}.`);
  }
  if (found.length < 2) return found[0];
  const items = found.map((reader) => ({ label: printWorkload(reader.workload.ref), reader }));
  return (await window.showQuickPick(items, { title }))?.reader;
}
