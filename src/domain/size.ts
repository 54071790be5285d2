/**
 * Bytes that the values of one ConfigMap may have together. Keys, metadata and the base64 form of
 * binary values do not count. Exactly this many are allowed.
 * Source: `MaxSecretSize` and `ValidateConfigMap` in the API server's core/v1 validation.
 */
export const MAX_VALUE_BYTES = 1_048_576;

/** From more than this many bytes on, a ConfigMap is near the limit: 900 KiB. */
export const NEAR_LIMIT_BYTES = 900 * 1024;

/** How a number of value bytes stands to the limit. */
export type Fit = 'fits' | 'near' | 'over';

/** Compares the bytes of all values of a ConfigMap with the API server's limit. */
export function fitOf(valueBytes: number): Fit {
  if (valueBytes > MAX_VALUE_BYTES) return 'over';
  return valueBytes > NEAR_LIMIT_BYTES ? 'near' : 'fits';
}

/** A number of bytes in words, with 1 KB = 1,024 bytes: `17 bytes`, `1.5 KB`, `48 KB`, `1.0 MB`. */
export function printBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  // Compared as they are rounded below, so that nothing is 1024 KB or 10.0 KB.
  const [amount, unit] = bytes / 1024 < 1023.5 ? [bytes / 1024, 'KB'] : [bytes / 1024 / 1024, 'MB'];
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** A number with a comma between thousands, and its noun in the right form. */
export function printCount(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
