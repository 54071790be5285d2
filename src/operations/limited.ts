/** Does work as soon as there is room for it. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Does all work at once. */
export const unlimited: Limit = (work) => work();

/** Does at most so many pieces of work at once, in the order in which they come. */
export function limited(most: number): Limit {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
