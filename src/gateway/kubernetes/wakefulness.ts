/** Milliseconds between two looks at the clock, and by how much it must be late to have been asleep. */
const LOOK = 5_000;
const SLEPT = 20_000;

/**
 * Calls back when the machine has slept: connections that were open then are dead, and nobody says so.
 * `now` gives milliseconds since the epoch. Gives what ends it.
 */
export function onWake(woken: () => void, now: () => number): () => void {
  let last = now();
  const timer = setInterval(() => {
    const late = now() - last - LOOK;
    last = now();
    if (late > SLEPT) woken();
  }, LOOK);
  // It must not keep a process alive.
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
