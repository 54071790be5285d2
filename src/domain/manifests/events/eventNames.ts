import type { Metadata } from '../refreshAccess.ts';

/** Who starts the workflow, and who hears of the event: each with an account of its own. */
export type Part = 'sensor' | 'source';

/** The place and labels of the account of a part. */
export function partMetadata(metadata: Metadata, part: Part): Metadata {
  return { ...metadata, name: `${metadata.name}-${part}` };
}

/** The name of the one event that an EventSource of ours tells of. */
export const EVENT = 'source-changed';

/** A regular expression that matches this text and no other: Argo Events looks for matches anywhere in a value. */
export function exactly(text: string): string {
  return `^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}
