import { ProgressLocation, window } from 'vscode';
import { replacedPods } from '../../../domain/readers/partition.ts';
import type { Reader } from '../../../domain/readers/reader.ts';
import { workloadId } from '../../../domain/readers/workload.ts';
import { printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { printCount } from '../../../domain/size.ts';
import { withoutLinks } from '../../../domain/text.ts';
import type { CourseOfRestart } from '../../../operations/restarts/restartCourse.ts';
import type { Restarted, RestartListener } from '../../../operations/restarts/restarts.ts';
import { COMMANDS } from '../../contributions.ts';
import type { RestartChoice } from './restartPick.ts';
import type { Session } from '../session.ts';

/** Restarts readers under a notification that says how far they are; leaving it ends the following alone. */
export async function restart(
  session: Session,
  ref: CacheRef,
  choice: RestartChoice,
): Promise<readonly Restarted[]> {
  const { restarts } = await session.operations();
  const argument = encodeURIComponent(JSON.stringify([{ kind: 'cache', ref }]));
  // Parentheses would end the link.
  const address = argument.replaceAll('(', '%28').replaceAll(')', '%29');
  const place = withoutLinks(printCacheAndContext(ref));
  const title = `Restarting readers of ${place} ([details](command:${COMMANDS.showReaders}?${address}))`;
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return await window.withProgress(options, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => {
      stop.abort();
    });
    const course = new Course(choice.readers);
    const listener: RestartListener = {
      progressed: (reader, told) => {
        progress.report({ message: withoutLinks(course.heard(reader, told)) });
      },
      ended: (restarted) => {
        progress.report({ message: course.ended(restarted) });
      },
    };
    return await restarts.run(ref, choice, listener, stop.signal);
  });
}

/** How far some restarts are together, in words. */
class Course {
  /** Without `ready` where it is not known which pods are new. */
  readonly #pods = new Map<string, { ready: number | undefined; wanted: number }>();
  readonly #count: number;
  #ended = 0;

  constructor(readers: readonly Reader[]) {
    this.#count = readers.length;
    for (const { workload } of readers) {
      const wanted = workload.rollout === undefined ? 0 : replacedPods(workload.rollout);
      this.#pods.set(workloadId(workload.ref), { ready: 0, wanted });
    }
  }

  heard({ workload }: Reader, { ready, wanted, words }: CourseOfRestart): string {
    this.#pods.set(workloadId(workload.ref), { ready, wanted });
    return `${this.#sum()}. ${workload.ref.name}: ${words}`;
  }

  ended({ reader, outcome }: Restarted): string {
    this.#ended += 1;
    const pods = this.#pods.get(workloadId(reader.workload.ref));
    if (pods?.ready !== undefined && outcome.kind === 'done') pods.ready = pods.wanted;
    return this.#sum();
  }

  #sum(): string {
    const done = `${this.#ended} of ${this.#count} done`;
    let [ready, wanted] = [0, 0];
    for (const each of this.#pods.values()) {
      if (each.ready === undefined) return done;
      ready += each.ready;
      wanted += each.wanted;
    }
    return `${done}, ${ready} of ${printCount(wanted, 'pod', 'pods')} ready`;
  }
}
