/** How a workload refers to a ConfigMap. */
export type Way =
  | 'volume'
  | 'projected'
  | 'env'
  | 'envFrom'
  | 'parameter'
  | 'semaphore'
  | 'memoization'
  | 'artifactRepository'
  /** A manifest or patch that is a text, and in which the name stands. */
  | 'text'
  /** An annotation of Reloader or wave says so: it reads through the API. */
  | 'declared'
  /** It takes the pod template of an object that is not looked at, which may refer to any ConfigMap. */
  | 'template'
  /** The name stands where this version does not know what it means. */
  | 'unrecognized';

/**
 * When in the life of a pod somebody reads: all the time, before it starts, once somebody has put it into the
 * pod; or it is no container.
 */
export type Role = 'container' | 'init' | 'ephemeral' | 'none';

/** One place of a workload that refers to a ConfigMap. */
export interface Use {
  /** The names that it may mean, as they are written: `{{...}}` in one stands for any text. */
  readonly maps: readonly string[];
  /** The namespace of the ConfigMap, where it is another than that of the workload. */
  readonly namespace?: string;
  readonly way: Way;
  /** The container, with its template before a slash in Argo's kinds; else what it belongs to. */
  readonly place: string;
  readonly role: Role;
  /** Where a volume is mounted. */
  readonly mountPath?: string;
  /** The part of the volume that is mounted; absent for all of it. */
  readonly subPath?: string;
  /** The keys that it reads; absent for all. */
  readonly keys?: readonly string[];
  /** The keys without which a pod does not start: of a volume all its files, also those that are not mounted. */
  readonly requiredKeys?: readonly string[];
  /** For an ephemeral container: when it began, in milliseconds since the epoch, which is later than its pod. */
  readonly started?: number;
}

/** True for what the kubelet brings into a pod: of an immutable ConfigMap, never anything new. */
export function isByKubelet({ way }: Pick<Use, 'way'>): boolean {
  return way === 'volume' || way === 'projected' || way === 'env' || way === 'envFrom';
}

/** True where the use may mean the ConfigMap of that name. */
export function meansMap({ maps }: Pick<Use, 'maps'>, name: string): boolean {
  return maps.some((written) => written === name || (isPattern(written) && matches(written, name)));
}

/** True for a name that is a pattern, as Argo's templates have them. */
export function isPattern(written: string): boolean {
  return written.includes('{{');
}

/** A name that is nothing but placeholders could be any, and says nothing. */
function matches(written: string, name: string): boolean {
  const literals = written.split(/\{\{.*?\}\}/s);
  if (literals.every((part) => part === '')) return false;
  const [first = '', ...rest] = literals;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  if (name.length < first.length + last.length) return false;
  let middle = name.slice(first.length, name.length - last.length);
  for (const part of rest) {
    const at = middle.indexOf(part);
    if (at < 0) return false;
    middle = middle.slice(at + part.length);
  }
  return true;
}

/**
 * True where the use reads one of these keys; without keys, where it reads anything at all. `binary` are those of
 * them that are kept in `binaryData`, which never becomes a variable. Source: the API reference, `EnvFromSource`.
 */
export function readsKeys(
  { keys, way }: Pick<Use, 'keys' | 'way'>,
  changed?: readonly string[],
  binary: readonly string[] = [],
): boolean {
  if (changed === undefined) return true;
  const isVariable = way === 'env' || way === 'envFrom';
  return changed.some((key) => {
    if (isVariable && binary.includes(key)) return false;
    return keys === undefined || keys.includes(key);
  });
}
