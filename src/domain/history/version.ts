/**
 * True when the first resourceVersion is the newer one; both are of one object. They are whole numbers, too
 * large for a JavaScript one. Source: KEP-5504.
 */
export function isNewer(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}
