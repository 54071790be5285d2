import { listOf } from '../../domain/readers/restartText.ts';
import { printWorkload } from '../../domain/readers/workload.ts';
import type { Restarted } from './restarts.ts';

/** True where every pod that was to be replaced is new. */
export function isRenewed({ outcome }: Restarted): boolean {
  return outcome.kind === 'done' && outcome.oldPods?.length === 0;
}

/** True where pods of a reader may have been replaced; one that is deleted has none any more. */
export function wasRestarted({ outcome }: Restarted): boolean {
  return !['refused', 'gone', 'notStarted'].includes(outcome.kind);
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
  // What a partition keeps is said of each by itself.
  const renewed = restarted.filter((one) => isRenewed(one) && keptBy(one) === '');
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
      const kept = keptBy({ reader, outcome });
      if (oldPods?.length === 0) return `${name}: every other pod started after the write${kept}.`;
      return oldPods === undefined
        ? `${name} was restarted; whether all its pods are new is not known, since its pods cannot be seen now.`
        : `${name} was restarted, but ${listOf(oldPods)} of it ${oldPods.length === 1 ? 'is' : 'are'} from before${kept}.`;
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

/** The pods that a partition keeps, to end a sentence with; empty where there are none. */
function keptBy({ outcome }: Restarted): string {
  const kept = outcome.kind === 'done' ? (outcome.keptPods ?? []) : [];
  return kept.length === 0 ? '' : `; below the partition: ${listOf(kept)}`;
}

function withoutDot(words: string): string {
  return words.replace(/\.+$/, '');
}

function overtaken({ reader, outcome }: Restarted): readonly string[] {
  if (outcome.kind !== 'done' || !outcome.isOvertaken) return [];
  return [
    `Somebody else began another rollout of ${printWorkload(reader.workload.ref)} meanwhile.`,
  ];
}
