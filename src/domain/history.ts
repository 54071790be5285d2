import type { Value } from './content.ts';
import type { KeyFacts } from './facts.ts';

/** Which history: that of all ConfigMaps that ever had this name. */
export interface HistoryPlace {
  /** The identity of the cluster, never the name of a context. */
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

interface Dated {
  /** RFC 3339 with milliseconds, UTC: when it was recorded. */
  readonly at: string;
  /** The ConfigMap it is about: one that is created again under its name has another. */
  readonly uid: string;
}

/** A content that a key had. */
export interface Version extends Dated {
  readonly kind: 'version';
  readonly key: string;
  /** Of the bytes, 64 lower-case hexadecimal digits: the name under which they are kept. */
  readonly sha256: string;
  readonly bytes: number;
  readonly stored: Value['kind'];
  /** The field manager that wrote it and when, as far as managedFields tell. */
  readonly manager?: string;
  readonly time?: string;
  readonly facts: KeyFacts;
  /** The id of our write that brought it, where it was one. */
  readonly write?: string;
}

/** What a ConfigMap had beside its content: what restoring it needs. */
export interface Snapshot extends Dated {
  readonly kind: 'snapshot';
  readonly labels: Readonly<Record<string, string>>;
  /** Without the facts of keys, which are with their versions. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
  readonly keys: readonly string[];
}

/** A write of ours that is about to be sent: what it makes of which, by SHA-256. */
export interface Write extends Dated {
  readonly kind: 'write';
  readonly id: string;
  readonly keys: readonly WrittenKey[];
}

/** Absent: the key was not there, or is not there any more. */
export interface WrittenKey {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** How a write ended; where this is missing, nobody was there to learn it. */
export interface Outcome extends Dated {
  readonly kind: 'outcome';
  readonly id: string;
  readonly written: boolean;
}

/** A line of a history. */
export type HistoryRecord = Version | Snapshot | Write | Outcome;

/** How much is kept. With no versions, nothing is. */
export interface HistoryLimits {
  readonly versionsPerKey: number;
  /** Bytes of all contents together. */
  readonly bytes: number;
}
