import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { CacheSummary } from '../../src/domain/cache.ts';
import type { Cluster, FollowEvent } from '../../src/operations/ports.ts';
import type { ControlPlane } from '../cluster/controlPlane.ts';

/** Gives the versions of all ConfigMaps of a namespace by name, as kubectl gets them. */
export function truthOf({ kubectl }: ControlPlane, namespace: string) {
  return async (): Promise<ReadonlyMap<string, string>> => {
    const { items } = JSON.parse(
      await kubectl(['get', 'configmaps', '-n', namespace, '-o', 'json']),
    ) as { items: readonly { metadata: { name: string; resourceVersion: string } }[] };
    return new Map(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion] as const));
  };
}

/** What a follower makes of all that it hears, kept as a person's tree would keep it. */
export class Picture {
  readonly #versions = new Map<string, string>();
  readonly #annotations = new Map<string, CacheSummary['annotations']>();
  readonly #stop = new AbortController();
  readonly #changes = new EventEmitter();
  /** The reasons of the failures that were heard. */
  readonly failures: string[] = [];
  /** How many objects there were each time that some were told before all. */
  readonly begun: number[] = [];
  /** How often all objects were told anew. */
  lists = 0;

  /** Follows the ConfigMaps of one namespace. */
  constructor(cluster: Cluster, scope: { context: string; namespace: string }) {
    cluster.followCaches(scope, this.#hear, this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** The annotations of one ConfigMap as they were heard last. */
  annotations(name: string): CacheSummary['annotations'] {
    return this.#annotations.get(name) ?? {};
  }

  /** Waits until the picture is this one: versions by name. */
  async is(wanted: () => Promise<ReadonlyMap<string, string>>): Promise<void> {
    for (;;) {
      const changed = once(this.#changes, 'change');
      const expected = await wanted();
      const same = [...expected].every(([name, version]) => this.#versions.get(name) === version);
      if (same && expected.size === this.#versions.size) return;
      await changed;
    }
  }

  /** Waits until all objects have been told so many times. */
  async listed(times: number): Promise<void> {
    while (this.lists < times) await once(this.#changes, 'change');
  }

  /** Waits until a failure is heard. */
  async failed(): Promise<void> {
    while (this.failures.length === 0) await once(this.#changes, 'change');
  }

  readonly #hear = (event: FollowEvent<CacheSummary>): void => {
    if (event.kind === 'failed') this.failures.push(event.failure.reason);
    else if (event.kind === 'begun') this.begun.push(event.items.length);
    else if (event.kind === 'all') this.#hearAll(event.items);
    else {
      const { ref, resourceVersion } = event.item;
      // Of one object, versions grow; the same one twice is an event that was applied twice.
      const known = this.#versions.get(ref.name);
      assert.ok(known === undefined || Number(resourceVersion) > Number(known), ref.name);
      if (event.kind === 'removed') this.#versions.delete(ref.name);
      else this.#put(event.item);
    }
    this.#changes.emit('change');
  };

  #hearAll(items: readonly CacheSummary[]): void {
    this.lists++;
    this.#versions.clear();
    for (const summary of items) this.#put(summary);
  }

  #put({ ref, resourceVersion, annotations }: CacheSummary): void {
    this.#versions.set(ref.name, resourceVersion);
    this.#annotations.set(ref.name, annotations);
  }
}
