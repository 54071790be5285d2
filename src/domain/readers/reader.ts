import { labelValue } from '../manifests/jobNames.ts';
import type { CacheRef } from '../ref.ts';
import type { ArgoSpec, TemplateHolder } from './argoSpec.ts';
import { usesOfSpec } from './argoUses.ts';
import { effectOf, worstOf, type Effect } from './effect.ts';
import {
  declares,
  restarterOf,
  type Place,
  type ReloaderMark,
  type Tool,
  type Tools,
} from './tools.ts';
import { isByKubelet, meansMap, readsKeys, type Use } from './use.ts';
import { WORKLOAD_KINDS, type Workload } from './workload.ts';

/** A workload that reads a cache, and every place of it that does. */
export interface Reader {
  readonly workload: Workload;
  readonly uses: readonly Use[];
  /** What restarts it by itself when the cache changes, by what the cache tells Reloader. */
  readonly restarters?: Restarters;
  /**
   * Whether pods of it keep what an earlier ConfigMap of the name held, which was immutable; absent where they do
   * not, or nobody has looked.
   */
  readonly keepsEarlier?: 'certainly' | 'perhaps';
}

type Restarters = Readonly<Partial<Record<ReloaderMark, Tool>>>;

/** The workloads of a namespace of a cluster, and the ClusterWorkflowTemplates. */
export class Workloads {
  readonly all: readonly Workload[];
  /** By the uid of their controller. */
  readonly #children = new Map<string, Workload[]>();
  readonly #byName: ReadonlyMap<string, Workload>;

  constructor(all: readonly Workload[]) {
    this.all = all;
    for (const each of all) {
      if (each.controller === undefined) continue;
      const siblings = this.#children.get(each.controller.uid);
      if (siblings === undefined) this.#children.set(each.controller.uid, [each]);
      else siblings.push(each);
    }
    this.#byName = new Map(all.map((each) => [nameOf(each.ref), each]));
  }

  /** Those that read a cache, by kind and name. */
  readersOf(cache: Pick<CacheRef, 'namespace' | 'name'>): readonly Reader[] {
    return this.all.flatMap((workload) => {
      const uses = this.#usesOf(workload, cache);
      if (uses.length === 0 || this.#isCopied(workload)) return [];
      const tools = this.#obeyedBy(workload);
      return [{ workload, uses, ...restartersOf(tools, uses, placeOf(workload, cache)) }];
    });
  }

  /** The workload of that kind and name, where there is one. */
  named(ref: Pick<Workload['ref'], 'kind' | 'name'>): Workload | undefined {
    return this.#byName.get(nameOf(ref));
  }

  /** The workloads that an object controls itself. */
  childrenOf(uid: string): readonly Workload[] {
    return this.#children.get(uid) ?? [];
  }

  /** The pods of a workload: its own, and those of its ReplicaSets. */
  podsOf({ uid }: Workload): readonly Workload[] {
    return this.childrenOf(uid).flatMap((child) => {
      if (child.pod !== undefined) return [child];
      return child.ref.kind === 'ReplicaSet' ? this.childrenOf(child.uid) : [];
    });
  }

  #usesOf(workload: Workload, cache: Pick<CacheRef, 'namespace' | 'name'>): readonly Use[] {
    const { ref } = workload;
    // What keeps a cache fresh looks at it only to compare.
    if (workload.refreshes === labelValue(cache.name)) return [];
    const isHere = (use: Use) => {
      // A ClusterWorkflowTemplate is used in the namespace of whoever uses it.
      const namespace = use.namespace ?? (ref.namespace || cache.namespace);
      return namespace === cache.namespace && meansMap(use, cache.name);
    };
    const uses = this.#allUses(workload).filter(isHere);
    const said = [workload.tools, this.#obeyedBy(workload)];
    const isDeclared = said.some((tools) => declares(tools, placeOf(workload, cache)));
    const common = { maps: [cache.name], role: 'none' } as const;
    return [
      ...uses,
      ...(isDeclared ? [{ ...common, way: 'declared', place: 'annotations' } as const] : []),
      ...(takesUnseen(workload) ? [{ ...common, way: 'template', place: 'spec' } as const] : []),
    ];
  }

  /**
   * What tells the tools that restart it. They look into the pod template that an object has itself: a Rollout
   * that takes that of another is passed over, and restarted with the other one, also where that has no replicas.
   * Source: Reloader `getContainerUsingResource`, and its issue 1090.
   */
  #obeyedBy({ tools, templateOf }: Workload): Tools | undefined {
    return templateOf === undefined ? tools : this.#byName.get(nameOf(templateOf))?.tools;
  }

  #allUses({ uses, argo, templateOf }: Workload): readonly Use[] {
    const template = templateOf && this.#byName.get(nameOf(templateOf));
    const inherited = template?.uses ?? [];
    return [...uses, ...inherited, ...(argo === undefined ? [] : usesOfSpec(argo, this.#specOf))];
  }

  /** A Deployment whose template a Rollout has taken over is only a template. */
  #isCopied({ ref, rollout }: Workload): boolean {
    if (rollout?.desired !== 0) return false;
    return this.all.some(
      ({ templateOf }) => templateOf?.kind === ref.kind && templateOf.name === ref.name,
    );
  }

  readonly #specOf = ({ name, isCluster }: TemplateHolder): ArgoSpec | undefined => {
    const kind = isCluster ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
    return this.#byName.get(nameOf({ kind, name }))?.argo;
  };
}

/** True for a Rollout that takes the pod template of a kind that is not looked at: Argo allows a PodTemplate, too. */
function takesUnseen({ templateOf }: Workload): boolean {
  return templateOf !== undefined && !WORKLOAD_KINDS.some((kind) => kind === templateOf.kind);
}

function placeOf({ ref }: Workload, cache: Pick<CacheRef, 'namespace' | 'name'>): Place {
  return { ...cache, home: ref.namespace };
}

function restartersOf(
  tools: Tools | undefined,
  uses: readonly Use[],
  place: Place,
): Pick<Reader, 'restarters'> {
  if (tools === undefined) return {};
  const isInTemplate = uses.some(({ way }) => way !== 'declared');
  const found = MARKS.flatMap((mark) => {
    const tool = restarterOf(tools, place, { isInTemplate, mark });
    return tool === undefined ? [] : [[mark, tool] as const];
  });
  return found.length === 0 ? {} : { restarters: Object.fromEntries(found) };
}

const MARKS: readonly ReloaderMark[] = ['none', 'match', 'ignore'];

function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

/**
 * Up to when a pod may have begun with an earlier ConfigMap of the name that was immutable. The kubelet never looks
 * at such a one again, nor at the one that takes its place: the pod keeps what it began with, however it reads it.
 * Of one that was not immutable it follows the name.
 */
export interface Earlier {
  /** In milliseconds since the epoch. */
  readonly until: number;
  /** False where nobody knows whether there was one, and whether it was immutable. */
  readonly isCertain: boolean;
}

/** What of a cache says how a change of it comes to its readers. */
export interface CacheManner {
  readonly isImmutable: boolean;
  /** Absent where no pod keeps anything of an earlier ConfigMap, or where that does not matter. */
  readonly earlier?: Earlier | undefined;
  /** Absent for `none`. */
  readonly mark?: ReloaderMark;
}

/** What is changed: some keys, or all of it. */
export interface CacheChange extends CacheManner {
  /** Absent for any key. */
  readonly keys?: readonly string[];
  /** Those of the keys that are kept in `binaryData`, before and after. */
  readonly binary?: readonly string[];
  /** True where the content stays as it is, so that it matters only to who follows it. */
  readonly isSame?: boolean;
}

/** What a change does to a reader as a whole; nothing where it does not read those keys. */
export function effectOn(reader: Reader, change: CacheChange): Effect | undefined {
  return worstOf(touchedUses(reader, change).map((use) => effectAt(reader, use, change)));
}

/** The places of a reader that a change matters to. */
export function touchedUses(
  { uses, workload }: Reader,
  { keys, binary, isSame = false }: CacheChange,
): readonly Use[] {
  const touched = uses.filter((use) => readsKeys(use, keys, binary));
  if (!isSame) return touched;
  const follows = (use: Use) => effectOf(use, workload.life, false) === 'live';
  return touched.filter((use) => isByKubelet(use) && follows(use));
}

/** What a change does at one place of a reader. */
export function effectAt(
  { workload, keepsEarlier }: Reader,
  use: Use,
  { isImmutable }: CacheManner,
): Effect {
  const isKept = keepsEarlier === 'certainly' && isByKubelet(use);
  return effectOf(use, workload.life, isImmutable || isKept);
}

/** What restarts a reader by itself after a change; nothing where nobody does. */
export function restarterOn(
  { restarters }: Pick<Reader, 'restarters'>,
  { mark = 'none' }: CacheManner,
): Tool | undefined {
  return restarters?.[mark];
}
