import { fnv1a } from '../facts.ts';

/** These labels lead from the objects of a job to its cache and key. */
export const REFRESHED_CACHE = 'cache-configmaps.dev/refreshed-cache';
export const REFRESHED_KEY = 'cache-configmaps.dev/refreshed-key';

/** The most characters of a CronJob's name: its Jobs get eleven more. Source: `ValidateCronJobCreate`. */
const MAX_CRON_JOB = 52;

/** The most characters of an EventSource's name: its Service is named so with `-eventsource-svc`, a DNS label. */
const MAX_EVENT_SOURCE = 47;

/** The most characters of a field manager. Source: `ValidateFieldManager` of apimachinery. */
const MAX_FIELD_MANAGER = 128;

/** What a label's value may be. Source: `IsValidLabelValue` of apimachinery. */
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * The name of everything that refreshes one key of a cache on a schedule, such as `refresh-workflow-cache-mappings-json`: a DNS
 * label, since pods are hosts by their name. Where another cache and key could give the same, a hash keeps them apart.
 */
export function refreshJobName(cache: string, key: string): string {
  return nameFor('refresh', { cache, key, most: MAX_CRON_JOB });
}

/**
 * The name of everything that refreshes one key of a cache on an event. It is not that of a job, so that the rights
 * of neither replace those of the other.
 */
export function eventRefreshName(cache: string, key: string): string {
  return nameFor('event-refresh', { cache, key, most: MAX_EVENT_SOURCE });
}

/** The name of a workload that reads one key of a cache, such as `reader-workflow-cache-mappings-json`. */
export function readerName(cache: string, key: string): string {
  return nameFor('reader', { cache, key, most: MAX_CRON_JOB });
}

function nameFor(
  start: string,
  of: { readonly cache: string; readonly key: string; readonly most: number },
): string {
  const { cache, key, most } = of;
  const whole = `${start}-${cache}-${key}`;
  const name = whole.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  if (READABLE_CACHE.test(cache) && isReadable(key) && name.length <= most) return name;
  const hash = fnv1a(`${cache}/${key}`).slice(0, 8);
  return `${name.slice(0, most - 1 - hash.length).replace(/-$/, '')}-${hash}`;
}

/** What comes back out of a name as it went in. */
const READABLE_CACHE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * True for a key whose words are the last two of a name and of no other: a file and its extension. More words or
 * fewer could as well be the end of another cache's name, and an extension could be what follows the name of
 * another: a hash, or the account of a part.
 */
function isReadable(key: string): boolean {
  const extension = /^[a-z0-9]+\.([a-z0-9]+)$/.exec(key)?.[1];
  return extension !== undefined && !/^([0-9a-f]{8}|sensor|source)$/.test(extension);
}

/** The value of a label that stands for a name: the name, or a hash of it where the name may not be one. */
export function labelValue(name: string): string {
  return LABEL_VALUE.test(name) ? name : `k-${fnv1a(name)}`;
}

/**
 * The field manager that refreshes one key. Each key has its own, since server-side apply removes what a manager
 * had applied before and leaves out now: two jobs on one map would take away each other's key.
 */
export function refreshManager(key: string): string {
  return managerOf('refresh', key);
}

/** The field manager under which a refresh job keeps for which content it has restarted readers, and nothing else. */
export function restartedManager(key: string): string {
  return managerOf('restarted', key);
}

function managerOf(purpose: string, key: string): string {
  const name = `cache-configmaps-${purpose}-${key}`;
  return name.length <= MAX_FIELD_MANAGER ? name : `cache-configmaps-${purpose}-k-${fnv1a(key)}`;
}
