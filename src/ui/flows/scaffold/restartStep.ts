import type { QuickPickItem } from 'vscode';
import type { RefreshJob } from '../../../domain/manifests/refreshJob.ts';
import type { CacheChange } from '../../../domain/readers/reader.ts';
import type { RestartLine } from '../../../domain/readers/restartLine.ts';
import { isRestartable } from '../../../domain/readers/restartPatch.ts';
import { lineWords, unknownSentence } from '../../../domain/readers/restartText.ts';
import { printWorkload } from '../../../domain/readers/workload.ts';
import type { CacheRef } from '../../../domain/ref.ts';
import { withoutIcons } from '../../../domain/text.ts';
import { askForSome, type Step } from '../../steps.ts';
import { lookingFor } from '../restarts/readerPick.ts';
import { isGiven } from './refreshSteps.ts';
import { inProgress, type Session } from '../session.ts';

type Restarting = Pick<RefreshJob, 'key' | 'restarts'>;
type Restart = RefreshJob['restarts'][number];

/** Asks which readers a job restarts after a change; no question where none can be restarted. */
export async function restartStep<A extends Restarting>(
  session: Session,
  ref: CacheRef,
): Promise<readonly Step<A>[]> {
  const { readers, restarts } = await session.operations();
  const known = await inProgress(lookingFor(ref), () => readers.of(ref));
  if (!known.readers.some(({ workload }) => isRestartable(workload.ref.kind))) return [];
  const ask: Step<A>['ask'] = async (answers, frame) => {
    const change: CacheChange = { isImmutable: false, keys: [answers.key] };
    const { lines, unknown } = await inProgress(lookingFor(ref), (_, signal) =>
      restarts.plan(ref, change, signal),
    );
    const placeHolder = [
      'Readers that are restarted after a change.',
      unknownSentence(unknown) ?? '',
    ];
    const picked = await askForSome(frame, {
      items: lines.flatMap((line) => itemOf(line, change)),
      placeHolder: placeHolder.join(' ').trim(),
    });
    if (!isGiven(picked)) return picked;
    return { ...answers, restarts: picked.map(({ restart }) => restart) };
  };
  return [{ ask }];
}

function itemOf(line: RestartLine, change: CacheChange): (QuickPickItem & { restart: Restart })[] {
  const { ref } = line.reader.workload;
  const { kind, name } = ref;
  if (!isRestartable(kind)) return [];
  const words = { label: printWorkload(ref), description: withoutIcons(lineWords(line, change)) };
  return [{ ...words, picked: line.isWanted, restart: { kind, name } }];
}
