import { fieldsOf, textOr, type Fields } from './json.ts';
import type { WorkloadKind } from './workload.ts';

/** A controller that restarts workloads when a ConfigMap changes. */
export type Tool = 'Reloader' | 'wave';

const ON = 'true';

/**
 * What the annotations of a ConfigMap tell Reloader: nothing; that those who search for such are restarted with
 * it; or that nobody is.
 */
export type ReloaderMark = 'none' | 'match' | 'ignore';

/** Reads that mark. Source: the annotation reference of Reloader. */
export function reloaderMarkOf(annotations: Readonly<Record<string, string>>): ReloaderMark {
  if (annotations['reloader.stakater.com/ignore'] === ON) return 'ignore';
  return annotations['reloader.stakater.com/match'] === ON ? 'match' : 'none';
}

/** What annotations tell such tools to do. */
export interface Tools {
  /** Reloader restarts it when any ConfigMap of its pod template changes. */
  readonly reloaderAuto: boolean;
  /** It does so for those ConfigMaps of the pod template that are marked to be found. */
  readonly reloaderSearches: boolean;
  /** The names for which Reloader restarts it. */
  readonly reloaderNames: readonly string[];
  /** The names of which Reloader takes no notice. */
  readonly reloaderExcluded: readonly string[];
  readonly waveIsOn: boolean;
  /** The ConfigMaps that wave watches beside those of the pod template: `namespace/name` or a name alone. */
  readonly waveExtra: readonly string[];
}

/** True for what Reloader takes for a yes. Source: Go, `strconv.ParseBool`. */
function isOn(value: unknown): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(textOr(value));
}

function fieldsAt(metadata: Fields): Fields {
  return fieldsOf(metadata['annotations']);
}

/** The kinds that each of them knows. Source: Reloader `internal/pkg/callbacks`, wave `pkg/core`. */
const WAVE_KINDS: ReadonlySet<WorkloadKind> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const RELOADER_KINDS: ReadonlySet<WorkloadKind> = new Set([
  ...WAVE_KINDS,
  'Rollout',
  'CronJob',
  'Job',
]);

const [AUTO, AUTO_MAPS, SEARCH, NAMES] = [
  'reloader.stakater.com/auto',
  'configmap.reloader.stakater.com/auto',
  'reloader.stakater.com/search',
  'configmap.reloader.stakater.com/reload',
] as const;
const EXCLUDED = 'configmaps.exclude.reloader.stakater.com/reload';

/**
 * What the annotations of a workload, or of its pod template, tell Reloader and wave; nothing where they tell
 * nothing. Reloader looks at those of the template only where the workload has none of its own, and wave never
 * does. Source: Reloader `pkg/common`, `ShouldReload`; the README of wave-k8s/wave.
 */
export function toolsOf(kind: WorkloadKind, metadata: Fields, template: Fields): Tools | undefined {
  const [byReloader, byWave] = [RELOADER_KINDS.has(kind), WAVE_KINDS.has(kind)];
  const [own, below] = [fieldsAt(metadata), fieldsAt(template)];
  const isOwn = [AUTO, AUTO_MAPS, SEARCH, NAMES].some((name) => name in own);
  const reloader = byReloader ? (isOwn ? own : below) : {};
  const tools: Tools = {
    reloaderAuto: isOn(reloader[AUTO]) || isOn(reloader[AUTO_MAPS]),
    reloaderSearches: reloader[SEARCH] === ON,
    reloaderNames: namesIn(reloader[NAMES]),
    // Versions differ in whether those of the template count beside those of the workload.
    reloaderExcluded: [...namesIn(own[EXCLUDED]), ...namesIn(below[EXCLUDED])],
    waveIsOn: byWave && own['wave.pusher.com/update-on-config-change'] === ON,
    waveExtra: namesIn(own['wave.pusher.com/extra-configmaps']),
  };
  const { reloaderAuto, reloaderSearches, reloaderNames, waveIsOn } = tools;
  const says = reloaderAuto || reloaderSearches || reloaderNames.length > 0 || waveIsOn;
  return says ? tools : undefined;
}

function namesIn(annotation: unknown): readonly string[] {
  return textOr(annotation)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Expressions of an annotation that are tried at most. */
const MOST_EXPRESSIONS = 100;

/**
 * True for expressions whose time is short for any name: those of Go always are, and those of JavaScript only
 * without groups and with few repetitions. Anybody may write an annotation.
 */
function isSimple(written: string): boolean {
  const repetitions = written.match(/[*+?]/g) ?? [];
  return /^(?:[-\w.|[\]^$*+?]|\\[-.])*$/.test(written) && repetitions.length <= 2;
}

/** Reloader takes each name for a whole regular expression; one that is none is compared as it is. */
function isNamed({ reloaderNames }: Tools, name: string): boolean {
  if (reloaderNames.includes(name)) return true;
  const expressions = reloaderNames.filter(isSimple).slice(0, MOST_EXPRESSIONS);
  return expressions.some((written) => {
    try {
      return new RegExp(`^(?:${written})$`).test(name);
    } catch {
      return false;
    }
  });
}

/** Where a ConfigMap stands among those of a workload. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
  /** The namespace of the workload. */
  readonly home: string;
}

/** True where annotations say that the workload reads this ConfigMap, which its template need not show. */
export function declares(tools: Tools | undefined, place: Place): boolean {
  if (tools === undefined) return false;
  const { namespace, name, home } = place;
  if (namespace === home && isNamed(tools, name)) return true;
  return tools.waveIsOn && isExtra(tools, place);
}

function isExtra({ waveExtra }: Tools, { namespace, name, home }: Place): boolean {
  return waveExtra.some((entry) => {
    const [first = '', second] = entry.split('/');
    return second === undefined
      ? namespace === home && first === name
      : first === namespace && second === name;
  });
}

/** The tool that restarts the workload by itself; `isInTemplate` where its pods refer to the ConfigMap. */
export function restarterOf(
  tools: Tools | undefined,
  place: Place,
  { isInTemplate, mark }: { readonly isInTemplate: boolean; readonly mark: ReloaderMark },
): Tool | undefined {
  if (tools === undefined) return undefined;
  const byName = place.namespace === place.home && isNamed(tools, place.name);
  const bySearch = tools.reloaderSearches && mark === 'match';
  const byItself = isInTemplate && (tools.reloaderAuto || bySearch);
  const isPassedOver = mark === 'ignore' || tools.reloaderExcluded.includes(place.name);
  if ((byName || byItself) && !isPassedOver) return 'Reloader';
  return tools.waveIsOn && (isInTemplate || isExtra(tools, place)) ? 'wave' : undefined;
}
