import { listOf } from '../../domain/readers/restartText.ts';
import { printWorkload } from '../../domain/readers/workload.ts';
import type { Restarted } from './restarts.ts';

/** True where every pod that was to be restarted is new. */
export function isRenewed({ outcome }: Restarted): boolean {
  return outcome.kind === 'done' && outcome.oldPods?.length === 0;
}

/** True where the events of a reader may tell more of how its restart ended. */
export function isTroubled({ outcome }: Restarted): boolean {
  switch (outcome.kind) {
    case 'failed':
    case 'refused':
    case 'left':
    case 'unclear':
      return true;
    case 'done':
      return outcome.oldPods !== undefined && outcome.oldPods.length > 0;
    case 'gone':
    case 'unseen':
    case 'notStarted':
      return false;
  }
}

/** How the restart of some readers ended, in sentences; those of which all is well are named together. */
export function restartSentences(restarted: readonly Restarted[]): readonly string[] {
  const names = (some: readonly Restarted[]) =>
    listOf(some.map(({ reader }) => printWorkload(reader.workload.ref)));
  const renewed = restarted.filter(isRenewed);
  const notStarted = restarted.filter(({ outcome }) => outcome.kind === 'notStarted');
  const others = restarted.filter((one) => !renewed.includes(one) && !notStarted.includes(one));
  return [
    ...others.map(sentenceOf),
    ...(renewed.length === 0 ? [] : [`${names(renewed)}: every pod started after the write.`]),
    ...(notStarted.length === 0 ? [] : [`Not restarted: ${names(notStarted)}.`]),
    ...others.concat(renewed).flatMap(overtaken),
  ];
}

function sentenceOf({ reader, outcome }: Restarted): string {
  const name = printWorkload(reader.workload.ref);
  switch (outcome.kind) {
    case 'done': {
      const { oldPods } = outcome;
      return oldPods === undefined
        ? `${name} was restarted; whether all its pods are new is not known, since its pods cannot be seen now.`
        : `${name} was restarted, but ${listOf(oldPods)} of it ${oldPods.length === 1 ? 'is' : 'are'} from before.`;
    }
    case 'failed': {
      const cause = outcome.cause === undefined ? '' : `: ${outcome.cause}`;
      return `${name} ${withoutDot(`${outcome.words}${cause}`)}.`;
    }
    case 'refused':
      return `${name} was not restarted: ${withoutDot(outcome.words)}.`;
    case 'gone':
      return `${name} was deleted meanwhile.`;
    case 'left':
      return `${name} is no longer followed; its rollout goes on.`;
    case 'unseen':
      return `${name} was restarted; it cannot be followed, since you may not read it.`;
    case 'unclear':
      return `${name} ${withoutDot(outcome.words)}.`;
    case 'notStarted':
      return `${name} was not restarted.`;
  }
}

function withoutDot(words: string): string {
  return words.replace(/\.+$/, '');
}

function overtaken({ reader, outcome }: Restarted): readonly string[] {
  if (outcome.kind !== 'done' || !outcome.isOvertaken) return [];
  return [
    `Somebody else changed ${printWorkload(reader.workload.ref)} meanwhile: its template or its size.`,
  ];
}
