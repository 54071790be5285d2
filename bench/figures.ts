/** The middle figure. Throws when there is none. */
export function median(figures: readonly number[]): number {
  const middle = figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
  if (middle === undefined) throw new Error('There is nothing to take the median of.');
  return middle;
}

/** Milliseconds that something takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * How much of the other's time ours takes, by the medians. They take turns, `times` times, after one turn
 * that is not counted; the milliseconds go to the terminal.
 */
export async function ratioOf(
  times: number,
  ours: () => Promise<number>,
  other: () => Promise<number>,
): Promise<number> {
  await ours();
  await other();
  const [mine, others]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times; turn++) {
    mine.push(await ours());
    others.push(await other());
  }
  const print = (figures: number[]) => `${median(figures).toFixed(1)} ms`;
  process.stderr.write(`  ${print(mine)}, the other ${print(others)}\n`);
  return median(mine) / median(others);
}
