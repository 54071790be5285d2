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
 * The medians of the milliseconds of both. They take turns, `times` times, after one turn that is not
 * counted; the figures go to the terminal.
 */
async function pairOf(
  times: number,
  ours: () => Promise<number>,
  other: () => Promise<number>,
): Promise<readonly [mine: number, others: number]> {
  await ours();
  await other();
  const [mine, others]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times; turn++) {
    mine.push(await ours());
    others.push(await other());
  }
  const print = (figures: number[]) => `${median(figures).toFixed(1)} ms`;
  process.stderr.write(`  ${print(mine)}, the other ${print(others)}\n`);
  return [median(mine), median(others)];
}

/** How much of the other's time ours takes, by the medians of so many turns. */
export async function ratioOf(...of: Parameters<typeof pairOf>): Promise<number> {
  const [mine, others] = await pairOf(...of);
  return mine / others;
}

/** How many milliseconds longer ours takes than the other, by the medians of so many turns. */
export async function differenceOf(...of: Parameters<typeof pairOf>): Promise<number> {
  const [mine, others] = await pairOf(...of);
  return mine - others;
}
