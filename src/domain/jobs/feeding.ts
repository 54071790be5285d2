import { labelValue } from '../manifests/jobNames.ts';
import type { Workloads } from '../readers/reader.ts';
import type { Workload } from '../readers/workload.ts';
import { accountOf } from './cron.ts';

/**
 * Why a job is believed to refresh a cache: it bears our label, or it names the cache and its service account may
 * change it, or it names the cache and what its account may do is not known.
 */
export type Evidence = 'label' | 'rights' | 'naming';

/** What a service account may do with a cache; nothing while nobody has asked. */
export type MayChange = boolean | 'unknown' | undefined;

/** True where only the rights of its service account can tell whether a job refreshes a cache. */
export function isCandidate({ cron, refreshes }: Workload, cache: string): boolean {
  return cron !== undefined && refreshes === undefined && cron.words.has(cache);
}

/** Why a job is believed to refresh a cache, or nothing where it is not. */
export function evidenceOf(
  workload: Workload,
  cache: string,
  mayChange: (account: string) => MayChange,
): Evidence | undefined {
  const { cron, refreshes } = workload;
  if (cron === undefined) return undefined;
  if (refreshes === labelValue(cache)) return 'label';
  if (!isCandidate(workload, cache)) return undefined;
  const may = mayChange(accountOf(cron));
  if (may === 'unknown') return 'naming';
  return may === true ? 'rights' : undefined;
}

/**
 * The jobs among the objects of a namespace. A CronWorkflow counts with what it takes from its WorkflowTemplate; what
 * it says itself goes before that. Source: Argo Workflows `JoinWorkflowSpec`.
 */
export function jobsIn(workloads: Workloads): readonly Workload[] {
  return workloads.all.map((workload) => {
    const template = templateOf(workload, workloads);
    return template === undefined ? workload : joined(workload, template);
  });
}

/** The WorkflowTemplates whose steps a CronWorkflow takes. */
export function scheduledTemplates(workloads: Workloads): ReadonlySet<Workload> {
  return new Set(workloads.all.flatMap((workload) => templateOf(workload, workloads) ?? []));
}

function templateOf({ ref, argo }: Workload, workloads: Workloads): Workload | undefined {
  const from = ref.kind === 'CronWorkflow' ? argo?.from : undefined;
  if (from === undefined || from.isCluster) return undefined;
  return workloads.named({ kind: 'WorkflowTemplate', name: from.name });
}

function joined(workload: Workload, template: Workload): Workload {
  const { cron, refreshes = template.refreshes } = workload;
  if (cron === undefined || template.cron === undefined) return workload;
  const both = {
    ...(refreshes === template.refreshes ? template.cron : {}),
    ...cron,
    account: cron.account ?? template.cron.account,
    words: new Set([...cron.words, ...template.cron.words]),
  };
  return { ...workload, cron: both, ...(refreshes === undefined ? {} : { refreshes }) };
}
