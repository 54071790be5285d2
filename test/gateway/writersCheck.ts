import assert from 'node:assert/strict';
import type { Attempt, Together } from './writers.ts';
import type { State } from './stateChain.ts';

/** What has to be so when the extension says how a write ended. */
const TRUE_OF: Readonly<Record<Attempt['told'], readonly boolean[]>> = {
  written: [true],
  readBack: [true],
  notWritten: [false],
  conflict: [false],
  // Said to be unknown, and that is what they are.
  overtaken: [true, false],
  unclear: [true, false],
};

/**
 * Checks what ten writers did against the states that the ConfigMap really went through, and prints the
 * counts. A write of ours is made for one version, so that it is the state after that one, or none.
 */
export function checkTogether(together: Together): void {
  const { attempts, states, kept, acknowledged } = together;
  const at = new Map(states.map(({ resourceVersion }, index) => [resourceVersion, index]));
  const steps = attempts.map(({ plan, told: end }) => {
    const before = at.get(plan.before?.resourceVersion ?? '') ?? -1;
    assert.ok(before >= 0, 'a plan is made on a state that was there');
    return { index: before + 1, end, isThere: holds(states[before + 1], plan) };
  });
  const told = Map.groupBy(steps, ({ end }) => end);
  for (const step of steps) {
    // Two undos may want the same of the same state: then one of them has done it.
    const isOfAnother = steps.some(
      (each) =>
        each !== step &&
        each.index === step.index &&
        each.isThere &&
        TRUE_OF[each.end].includes(true),
    );
    const truths = TRUE_OF[step.end];
    assert.ok(truths.includes(step.isThere) || (isOfAnother && truths.includes(false)), step.end);
  }
  const ours = new Set(steps.flatMap(({ index, isThere }) => (isThere ? [index] : [])));
  const last = new Set(Object.values(states.at(-1)?.data ?? {}));
  const found = (value: string) => last.has(value) || kept.has(value);
  const lost = { ours: 0, overwrittenByUs: 0, overwrittenByOthers: 0 };
  const everThere = new Set(states.flatMap(({ data }) => Object.values(data)));
  for (const value of acknowledged) assert.ok(everThere.has(value), 'kubectl tells the truth');
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
  print(together, { ...countsOf(told), states: states.length, kept: kept.size, ...lost });
  assert.deepEqual(lost, { ours: 0, overwrittenByUs: 0, overwrittenByOthers: 0 });
  for (const end of ['written', 'readBack', 'notWritten', 'conflict'] as const) {
    assert.ok(told.has(end), `${end} has to have happened`);
  }
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
