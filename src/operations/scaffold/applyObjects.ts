import { Failure, isFailure } from '../../domain/failure.ts';
import type { Applied, ApplyOutcome } from '../../domain/manifests/applyOutcome.ts';
import {
  deedOf,
  sameObject,
  type ApplyLine,
  type ApplyPlan,
} from '../../domain/manifests/applyPlan.ts';
import {
  printObject,
  versionOf,
  type ManifestObject,
} from '../../domain/manifests/manifestObject.ts';
import type { NamespaceRef } from '../../domain/ref.ts';
import type { ManifestCluster } from './manifestCluster.ts';

/** A write that was sent is followed to its end. */
const NEVER = new AbortController().signal;

/** Applying manifests: what it would do, asked of the server; then one object after the other. */
export class ApplyObjects {
  readonly #cluster: ManifestCluster;

  constructor(cluster: ManifestCluster) {
    this.#cluster = cluster;
  }

  /** What applying objects would do. Throws what the server refuses, before anything is written. */
  async plan(
    where: NamespaceRef,
    objects: readonly ManifestObject[],
    signal: AbortSignal,
  ): Promise<ApplyPlan> {
    const lines = objects.map((object) => this.#try(object, objects, signal));
    return { where, lines: await Promise.all(lines) };
  }

  async #try(
    object: ManifestObject,
    all: readonly ManifestObject[],
    signal: AbortSignal,
  ): Promise<ApplyLine> {
    const trial = (isForced: boolean) =>
      this.#cluster.applyObject(object, { isTrial: true, isForced }, signal);
    const [before, first] = await Promise.all([
      this.#cluster.readObject(object, signal),
      trial(false),
    ]);
    const conflicts = first.kind === 'conflict' ? first.conflicts : [];
    const answer = first.kind === 'conflict' ? await trial(true) : first;
    if (answer.kind === 'applied') return { object, before, after: answer.object, conflicts };
    // A RoleBinding is tried where its Role is not there yet.
    const isLater = answer.kind === 'missing' && all.some(({ name }) => name === answer.name);
    if (isLater) return { object, before, after: undefined, conflicts };
    if (answer.kind === 'unanswered' && answer.failure !== undefined) throw answer.failure;
    throw new Failure(
      `${printObject(object)} in context ${object.context} could not be tried, so nothing was applied.`,
      { reason: 'Unreachable', nextStep: 'retry', detail: 'detail' in answer ? answer.detail : '' },
    );
  }

  /**
   * Applies what was planned, in order, and stops at the first that does not go well. Fields that others have set to
   * something else are taken over where the plan names them, and nowhere else.
   */
  async apply(
    { lines }: ApplyPlan,
    begun: (object: ManifestObject) => void = () => undefined,
  ): Promise<readonly Applied[]> {
    const applied: Applied[] = [];
    let goesOn = true;
    for (const line of lines) {
      if (goesOn) begun(line.object);
      const outcome: ApplyOutcome = goesOn ? await this.#applyLine(line) : { kind: 'notTried' };
      if (outcome.kind === 'failed' || outcome.kind === 'unclear') goesOn = false;
      applied.push({ object: line.object, outcome });
    }
    return applied;
  }

  async #applyLine(line: ApplyLine): Promise<ApplyOutcome> {
    const isForced = isSeen(line);
    try {
      const at = line.before && versionOf(line.before);
      const manner = { isTrial: false, isForced, at };
      const answer = await this.#cluster.applyObject(line.object, manner, NEVER);
      switch (answer.kind) {
        case 'applied':
          return { kind: deedOf({ ...line, after: answer.object }) };
        case 'conflict': {
          const managers = new Set(answer.conflicts.map(({ manager }) => manager));
          return failed(`fields of it are set by ${[...managers].join(', ')}`);
        }
        case 'moved':
          return failed('somebody else changed it since it was shown');
        case 'missing':
          return failed(`${answer.name}, which it refers to, is not there`);
        case 'unanswered':
          return await this.#findOut(line, answer.detail);
      }
    } catch (error) {
      if (isFailure(error)) return failed(error.message.replace(/\.$/, ''));
      throw error;
    }
  }

  /** Finds out by reading whether an object was applied of which no answer came. */
  async #findOut(line: ApplyLine, detail: string): Promise<ApplyOutcome> {
    try {
      const now = await this.#cluster.readObject(line.object, NEVER);
      if (now === undefined) return failed('the connection broke, and it was not created');
      const manner = { isTrial: true, isForced: isSeen(line) };
      const wanted = await this.#cluster.applyObject(line.object, manner, NEVER);
      if (wanted.kind === 'applied' && sameObject(wanted.object, now)) {
        return { kind: deedOf({ ...line, after: now }) };
      }
      return failed('the connection broke, and it was not changed');
    } catch (error) {
      if (isFailure(error)) return { kind: 'unclear', words: detail };
      throw error;
    }
  }
}

/** True where the person has seen that others have set fields of it. */
function isSeen({ conflicts }: ApplyLine): boolean {
  return conflicts.length > 0;
}

function failed(words: string): ApplyOutcome {
  return { kind: 'failed', words };
}
