import type { Effect } from './effect.ts';
import { effectAt, effectOn, touchedUses, type CacheChange, type Reader } from './reader.ts';
import { isByKubelet, isPattern, readsKeys, type Use } from './use.ts';

const WORDS: Readonly<Record<Effect, string>> = {
  live: 'reads it live',
  restart: 'restart needed',
  recreate: 'recreate needed',
  nextRun: 'next run',
  never: 'never',
  unknown: 'unknown',
};

/** The effect on a reader in a few words, with the reason where it is not plain: `restart needed: subPath`. */
export function effectWords(reader: Reader, change: CacheChange): string {
  const effect = effectOn(reader, change);
  if (effect === undefined) return untouched(reader.uses, change);
  const { life } = reader.workload;
  const guilty = touchedUses(reader, change).filter(
    (use) => effectAt(reader, use, change) === effect,
  );
  if (effect === 'nextRun' && life === 'running') return 'its next pods';
  const reasons = [...new Set(guilty.map((use) => reasonOf(reader, use, change)))];
  if (effect === 'never' && life === 'ended') return 'never: it has ended';
  const isPlain = effect === 'live' || effect === 'nextRun';
  return isPlain ? WORDS[effect] : `${WORDS[effect]}: ${reasons.join(', ')}`;
}

/** Why places do not see what is changed. */
function untouched(uses: readonly Use[], { keys, isSame }: CacheChange): string {
  if (isSame === true) return 'nothing is new to it';
  const isBinary = uses.some((use) => readsKeys(use, keys));
  return isBinary ? 'binary content is in no variable' : 'reads other keys';
}

/** Why a place does not simply follow the cache. */
function reasonOf(
  { keepsEarlier }: Reader,
  { way, role, subPath }: Use,
  { isImmutable }: CacheChange,
): string {
  switch (way) {
    case 'volume':
    case 'projected':
      if (subPath !== undefined) return 'subPath';
      if (role === 'init') return 'init container';
      if (isImmutable) return 'immutable';
      return keepsEarlier === 'certainly' ? 'was immutable' : way;
    case 'artifactRepository':
      return 'artifact repository';
    case 'text':
      return 'named in a text';
    case 'declared':
      return 'reads through the API';
    case 'template':
      return 'its template is not looked at';
    case 'unrecognized':
      return 'named in a way that is not known';
    default:
      return way;
  }
}

const EXPLAINED: Readonly<Record<Effect, string>> = {
  live: 'sees a change by itself, after up to about 2 minutes',
  restart: 'sees a change only after a restart',
  recreate: 'the cache is immutable: once it is made anew, its pods must be, too',
  nextRun: 'sees a change at its next run',
  never: 'never sees a change',
  unknown: 'whether it sees a change cannot be told',
};

/** One line for each place of a reader: where it is, how it reads, and what a change does there. */
export function useLines(reader: Reader, change: CacheChange): readonly string[] {
  return reader.uses.map((use) => {
    const effect = readsKeys(use, change.keys, change.binary)
      ? explained(reader, use, change)
      : untouched([use], change);
    const place = use.role === 'ephemeral' ? `${use.place} (ephemeral)` : use.place;
    return `${place}: ${describe(use)}: ${effect}`;
  });
}

function explained(reader: Reader, use: Use, change: CacheChange): string {
  const effect = effectAt(reader, use, change);
  if (effect === 'recreate' && !change.isImmutable) return KEPT;
  if (effect === 'live' && !isByKubelet(use)) return 'is read anew each time';
  const isDoubtful = effect === 'live' && reader.keepsEarlier === 'perhaps';
  return isDoubtful ? `${EXPLAINED.live}; ${DOUBT}` : EXPLAINED[effect];
}

const KEPT =
  'the ConfigMap that was there before was immutable: pods that began with it keep its content until they are made anew';
const DOUBT =
  'but a pod that is older than the ConfigMap keeps the content of the one before, if that was immutable';

function describe({ way, role, maps, mountPath, subPath, keys }: Use): string {
  const which = keys === undefined ? 'all keys' : keys.join(', ');
  const name = maps.find(isPattern);
  const pattern = name === undefined ? '' : `, by the pattern ${name}`;
  switch (way) {
    case 'volume':
    case 'projected': {
      const part = subPath === undefined ? '' : `, only ${subPath} of it (subPath)`;
      const init = role === 'init' ? ', in an init container' : '';
      return `${way === 'projected' ? 'projected volume' : 'volume'} at ${mountPath ?? ''}${part}${init}, ${which}${pattern}`;
    }
    case 'env':
      return `environment variable, ${which}${pattern}`;
    case 'envFrom':
      return `environment variables, ${which}${pattern}`;
    case 'parameter':
      return `parameter, ${which}${pattern}`;
    case 'semaphore':
      return `semaphore, ${which}`;
    case 'memoization':
      return 'memoization';
    case 'artifactRepository':
      return `artifact repository, ${which}`;
    case 'text':
      return 'its name stands in a manifest or patch';
    case 'declared':
      return 'reads it through the API, by its annotations';
    case 'template':
      return 'takes the pod template of another object, which is not looked at';
    case 'unrecognized':
      return 'its name stands where its meaning is not known';
  }
}
