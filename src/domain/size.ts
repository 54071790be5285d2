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

/** Bytes that all annotations of an object may have together. Source: `TotalAnnotationSizeLimitB` of apimachinery. */
export const MAX_ANNOTATION_BYTES = 262_144;

/** From so many bytes of values on, and so many of annotations, they are shown against their limits. */
const WORTH_SAYING = { values: 500 * 1024, annotations: MAX_ANNOTATION_BYTES / 2 } as const;

/** Value bytes in words: against their limit from 500 KB on, and then whether they are near it. */
export function printValueBytes(bytes: number): string {
  if (bytes < WORTH_SAYING.values) return printBytes(bytes);
  const near = fitOf(bytes) === 'fits' ? '' : ', near the limit';
  return `${printBytes(bytes)} of ${printBytes(MAX_VALUE_BYTES)}${near}`;
}

/** A sentence for annotations that take half of what they may, or more; nothing for fewer bytes. */
export function annotationSentence(bytes: number): string | undefined {
  if (bytes < WORTH_SAYING.annotations) return undefined;
  return `Its annotations take ${printBytes(bytes)} of the ${printBytes(MAX_ANNOTATION_BYTES)} that they may.`;
}

/** A sentence for the copy that `kubectl apply` made; nothing where there is none. */
export function lastAppliedSentence(bytes: number): string | undefined {
  if (bytes === 0) return undefined;
  return `kubectl apply left a copy of the data in an annotation, ${printBytes(bytes)}: Remove Last-Applied Copy takes it away.`;
}
