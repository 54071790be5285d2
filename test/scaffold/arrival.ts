import assert from 'node:assert/strict';
import type { Refresh } from '../../src/domain/manifests/refreshJob.ts';
import type { PolicyRule } from '../cluster/users.ts';
import { environmentOf, type Runnable } from './refreshRuns.ts';

/** What runs a refresh, and what it may do. */
interface Made extends Pick<Runnable, 'volumes'> {
  readonly container: (Pick<Runnable['container'], 'env'> & { readonly image: string }) | undefined;
  readonly rules: readonly PolicyRule[];
}

/** Throws unless each value that was typed for a refresh arrives in its pod and its Role as it was typed. */
export function assertArrives(refresh: Refresh, { container, volumes, rules }: Made): void {
  const { cache, key, format, url, header, maxAge, restarts, image } = refresh;
  const environment = environmentOf(container?.env ?? []);
  const told = (...names: readonly string[]) => names.map((name) => environment[name]);
  assert.deepEqual(told('NAMESPACE', 'CACHE', 'KEY', 'FORMAT', 'MAX_AGE', 'SECRET', 'SOURCE_URL'), [
    cache.namespace,
    cache.name,
    key,
    format,
    maxAge,
    header?.secret,
    new URL(url).href,
  ]);
  const readers = restarts.map(({ kind, name }) => `${kind}/${name}`);
  assert.equal(environment['RESTARTS'], readers.join(' '));
  assert.equal(container?.image, image);
  const secret = volumes.at(-1)?.secret;
  assert.deepEqual([secret?.secretName, secret?.items[0]?.key], [header?.secret, header?.key]);
  const named = rules.flatMap(({ resourceNames = [] }) => resourceNames);
  assert.deepEqual(named, [cache.name, ...restarts.map(({ name }) => name)]);
}
