import {
  configMapsOf,
  type HistoryRecord,
  type Snapshot,
  type Version,
  type Write,
  type WrittenKey,
} from './history.ts';

/** A version as it is shown. */
export interface PastVersion extends Version {
  /** False where nobody was there to learn whether our write of it was carried out. */
  readonly certain: boolean;
}

/** A ConfigMap as far as it was known last. */
export interface LastKnown {
  /** What it had beside its content when it was last looked at. */
  readonly snapshot: Snapshot;
  /** The last version of each of its keys. */
  readonly versions: readonly Version[];
  /** The keys that it had too, of which no version is known any more. */
  readonly missing: readonly string[];
}

/** What is known of the past of a cache, from its records in the order in which they were made. */
export class Past {
  readonly #records: readonly HistoryRecord[];
  readonly #outcomes = new Map<string, boolean>();

  constructor(records: readonly HistoryRecord[]) {
    this.#records = withConfigMaps(records);
    for (const record of records) {
      if (record.kind === 'outcome') this.#outcomes.set(record.id, record.written);
    }
  }

  /**
   * The contents that a key had, or all keys, newest first. What was not written in the end is left out, and
   * what was kept once more when it was replaced is there once, as it was known last.
   */
  versions(key?: string): readonly PastVersion[] {
    const versions: PastVersion[] = [];
    const newer = new Map<string, string>();
    for (const record of this.#records.toReversed()) {
      if (record.kind !== 'version' || (key !== undefined && record.key !== key)) continue;
      const written = this.#isWritten(record.write);
      if (written === false) continue;
      const id = `${record.uid} ${record.key}`;
      if (newer.get(id) !== record.sha256) versions.push({ ...record, certain: written === true });
      newer.set(id, record.sha256);
    }
    return versions;
  }

  /**
   * The keys that our last write changed, if undoing it would still change something; with `only`, of the last
   * write that changed this key, it alone. `now` tells the SHA-256 of what a key holds, nothing where it is
   * not there.
   */
  lastWrite(
    uid: string,
    now: (key: string) => string | undefined,
    only?: string,
  ): { readonly at: string; readonly keys: readonly WrittenKey[] } | undefined {
    const asked = ({ key }: WrittenKey) => only === undefined || key === only;
    const write = this.#records.findLast(
      (record): record is Write =>
        record.kind === 'write' &&
        record.uid === uid &&
        this.#isWritten(record.id) !== false &&
        // A write that nobody saw the end of, and of which nothing is there, has not been.
        record.keys.some((each) => asked(each) && now(each.key) !== each.before),
    );
    return write && (only === undefined ? write : { ...write, keys: write.keys.filter(asked) });
  }

  /** When we last wrote anything to a ConfigMap, by the clock of this machine. */
  lastWrittenAt(uid: string): string | undefined {
    return this.#records.findLast(
      (record) =>
        record.kind === 'write' && record.uid === uid && this.#isWritten(record.id) !== false,
    )?.at;
  }

  /** The write of ours that has this id. */
  write(id: string): Write | undefined {
    return this.#records.find(
      (record): record is Write => record.kind === 'write' && record.id === id,
    );
  }

  /**
   * The version of a key that had this content, the newest one up to some time. Where there is none, any one:
   * clocks are set, and the content is the same.
   */
  contentOf(key: string, sha256: string, before: string): Version | undefined {
    const versions = this.versions(key).filter((version) => version.sha256 === sha256);
    return versions.find(({ at }) => at <= before) ?? versions[0];
  }

  /** The last that is known of a ConfigMap; nothing where it was never looked at. */
  last(uid: string): LastKnown | undefined {
    const snapshot = this.#records.findLast(
      (record): record is Snapshot => record.kind === 'snapshot' && record.uid === uid,
    );
    if (snapshot === undefined) return undefined;
    const versions = this.versions().filter((version) => version.uid === uid);
    const keys = new Set(snapshot.keys);
    for (const record of this.#records.slice(this.#records.indexOf(snapshot))) {
      if (record.kind !== 'write' || record.uid !== uid || this.#isWritten(record.id) === false)
        continue;
      for (const { key, after } of record.keys) {
        if (after === undefined) keys.delete(key);
        else keys.add(key);
      }
    }
    const newest = [...keys].map((key) => versions.find((version) => version.key === key) ?? key);
    return {
      snapshot,
      versions: newest.filter((each) => typeof each !== 'string'),
      missing: newest.filter((each) => typeof each === 'string'),
    };
  }

  /** The ConfigMaps that had this name, the last one first. */
  uids(): readonly string[] {
    const uids = new Set(this.#records.map(({ uid }) => uid).reverse());
    // What nobody saw created may not be there.
    uids.delete('');
    return [...uids];
  }

  /** When anything of a ConfigMap was first kept, by the clock of this machine. */
  firstKeptAt(uid: string): string | undefined {
    return this.#records.find((record) => record.uid === uid)?.at;
  }

  #isWritten(write: string | undefined): boolean | undefined {
    return write === undefined ? true : this.#outcomes.get(write);
  }
}

/** The records with the ConfigMaps that are known by now of those that were made before theirs. */
function withConfigMaps(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  if (records.every(({ uid }) => uid !== '')) return records;
  const ofConfigMap = configMapsOf(records);
  return records.map((record) => ({ ...record, uid: ofConfigMap(record) }));
}
