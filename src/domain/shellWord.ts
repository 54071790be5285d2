/** Words of these signs mean themselves to every shell. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;

/** A text as one word of POSIX sh, whatever is in it. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
