import assert from 'node:assert/strict';
import type { Attempt, Together } from './writers.ts';
import type { State } from './stateChain.ts';

/** What has to be so when the extension says how a write ended. */
const TRUE_OF: Readonly<Record<Attempt['told'], readonly boolean[]>> = {
  written: [true],
  readBack: [true],
  overwritten: [true],
  notYet: [false],
  conflict: [false],
  // Said to be unknown, and that is what they are.
  overtaken: [true, false],
  unclear: [true, false],
};

/** An attempt against what was true: a write is made for one version, so that it is the next state or none. */
interface Step {
  readonly index: number;
  readonly end: Attempt['told'];
  readonly isThere: boolean;
  /** True where another may have written the same: two undos want the same of the same state. */
  readonly isUndo: boolean;
}

/** Checks what ten writers did against the states that the ConfigMap really went through, and prints the counts. */
export function checkTogether(together: Together): void {
  const { attempts, states, acknowledged } = together;
  const steps = stepsOf(attempts, states);
  for (const step of steps) checkStep(step, steps);
  const everThere = new Set(states.flatMap(({ data }) => Object.values(data)));
  for (const value of acknowledged) assert.ok(everThere.has(value), 'kubectl tells the truth');
  const ours = new Set(steps.flatMap(({ index, isThere }) => (isThere ? [index] : [])));
  const lost = lossesOf(together, ours);
  const told = Map.groupBy(steps, ({ end }) => end);
  const { length } = states;
  print(together, { ...countsOf(told), states: length, kept: together.kept.size, ...lost });
  assert.deepEqual(lost, { ours: 0, overwrittenByUs: 0, overwrittenByOthers: 0 });
}

function stepsOf(attempts: Together['attempts'], states: Together['states']): readonly Step[] {
  const at = new Map(states.map(({ resourceVersion }, index) => [resourceVersion, index]));
  return attempts.map(({ plan, told: end }) => {
    const before = at.get(plan.before?.resourceVersion ?? '');
    assert.ok(before !== undefined, 'a plan is made on a state that was there');
    const isUndo = plan.keys.every(({ source }) => source.kind === 'history');
    const index = before + 1;
    // What was read back is what the cache held then, whoever had written it.
    const here =
      isUndo && end === 'readBack' ? states.slice(index) : states.slice(index, index + 1);
    return { index, end, isThere: here.some((state) => holds(state, plan)), isUndo };
  });
}

function checkStep(step: Step, steps: readonly Step[]): void {
  const truths = TRUE_OF[step.end];
  const isOfAnother = steps.some(
    ({ index, isThere, isUndo, end }) =>
      step.isUndo && isUndo && index === step.index && isThere && TRUE_OF[end].includes(true),
  );
  const isTrue = truths.includes(step.isThere) || (isOfAnother && truths.includes(false));
  assert.ok(isTrue, `${step.end}, and that it is there is ${String(step.isThere)}`);
}

/** Values that were there and are neither there now nor kept, by who overwrote them. */
function lossesOf({ attempts, states, kept }: Together, ours: ReadonlySet<number>) {
  const last = new Set(Object.values(states.at(-1)?.data ?? {}));
  const found = (value: string) => last.has(value) || kept.has(value);
  const lost = { ours: 0, overwrittenByUs: 0, overwrittenByOthers: 0 };
  for (const [index, { data }] of states.entries()) {
    for (const [key, value] of Object.entries(states[index - 1]?.data ?? {})) {
      if (data[key] === value || found(value)) continue;
      lost[ours.has(index) ? 'overwrittenByUs' : 'overwrittenByOthers']++;
    }
  }
  const written = attempts.flatMap(({ plan, told: end }) =>
    end === 'written' || end === 'readBack'
      ? plan.keys.map(({ after }) => Buffer.from(after?.bytes ?? []).toString())
      : [],
  );
  lost.ours = written.filter((value) => !found(value)).length;
  return lost;
}

function countsOf(told: ReadonlyMap<string, readonly unknown[]>): Readonly<Record<string, number>> {
  return Object.fromEntries([...told].map(([end, { length }]) => [end, length] as const));
}

/** True where a state has every value of a plan; nothing else changes in the same step. */
function holds(state: State | undefined, { keys }: Attempt['plan']): boolean {
  return keys.every(
    ({ key, after }) => state?.data[key] === Buffer.from(after?.bytes ?? []).toString(),
  );
}

function print({ cuts, acknowledged, refusedByKubectl }: Together, counts: object): void {
  const all = { ...cuts, kubectl: acknowledged.length, refusedByKubectl, ...counts };
  const words = Object.entries(all).map(([name, count]) => `${name} ${String(count)}`);
  process.stdout.write(`      ${words.join(', ')}\n`);
}
