/** Takes ids one by one, and passes on those that come within so many milliseconds of the first, each once. */
export function gathered(
  milliseconds: number,
  take: (ids: ReadonlySet<string>) => void,
): (id: string) => void {
  let due = new Set<string>();
  return (id) => {
    due.add(id);
    if (due.size > 1) return;
    setTimeout(() => {
      const ids = due;
      due = new Set();
      take(ids);
    }, milliseconds);
  };
}
