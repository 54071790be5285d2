import type { lineInManifest } from '../domain/manifest.ts';
import type { Source, SourceContent } from '../domain/source.ts';
import type { Named } from './contextInventory.ts';
import type { HistoryLimits } from '../domain/history/history.ts';
import type { History } from './history/history.ts';
import type { Inventory } from './inventory.ts';
import type {
  Cluster,
  CredentialStore,
  HistoryStore,
  ReadProgress,
  SourceReader,
  WorkloadCluster,
} from './ports.ts';
import type { ApplyObjects } from './scaffold/applyObjects.ts';
import type { ArgoCluster } from './scaffold/argoCluster.ts';
import type { Changes } from './changes.ts';
import type { ChangeTimes } from './readers/changeTimes.ts';
import type { KubectlCommands } from './kubectlCommands.ts';
import type { JobCare } from './jobs/jobCare.ts';
import type { JobLog } from './jobs/jobLog.ts';
import type { jobWords } from './jobs/jobWords.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { OpenKeys } from './keys/openKeys.ts';
import type { proposalsFor } from './proposals.ts';
import type { Readers } from './readers/readers.ts';
import type { Recreation } from './recreation.ts';
import type { Restarts } from './restarts/restarts.ts';
import type { Rights } from './rights.ts';
import type { scaffolds } from './scaffold/scaffolds.ts';
import type { Undo } from './history/undo.ts';

/** Everything that can be done: what the second bundle gives to the first. */
export interface Operations {
  readonly cluster: Cluster;
  readonly inventory: Inventory;
  readonly changes: Changes;
  readonly workloads: WorkloadCluster;
  readonly readers: Readers;
  readonly jobs: Jobs;
  readonly jobCare: JobCare;
  readonly jobLog: JobLog;
  readonly jobWords: typeof jobWords;
  readonly changeTimes: ChangeTimes;
  readonly restarts: Restarts;
  readonly rights: Rights;
  readonly history: History;
  readonly store: HistoryStore;
  readonly undo: Undo;
  readonly recreation: Recreation;
  readonly openKeys: OpenKeys;
  readonly kubectlCommands: KubectlCommands;
  /** What would help a plan that is too large. */
  readonly proposalsFor: typeof proposalsFor;
  /** What becomes of values and files as manifests. */
  readonly scaffolds: typeof scaffolds;
  readonly applyObjects: ApplyObjects;
  readonly argo: ArgoCluster;
  /** Where a manifest gives the content of a key. */
  readonly lineInManifest: typeof lineInManifest;
  /** Reads a source of any kind whole, up to `MAX_SOURCE_BYTES`. Throws a `Failure`. */
  readonly readSource: (
    source: Source,
    progress: ReadProgress,
    signal: AbortSignal,
  ) => Promise<SourceContent>;
}

/** What the first bundle gives to the second: the parts of the world that only VS Code knows. */
export interface Host {
  /** A list of kubeconfig files as in `KUBECONFIG`; empty for what kubectl would read. */
  readonly kubeconfig: () => string;
  readonly files: SourceReader<Extract<Source, { kind: 'file' }>>;
  readonly credentials: CredentialStore;
  /** The caches that the person named where those of a namespace may not be listed. */
  readonly named: Named;
  /** The folder of this machine where the history is kept, and how much of it. */
  readonly historyFolder: string;
  readonly historyLimits: () => HistoryLimits;
  /** Takes a line for the person's log. */
  readonly log: (line: string) => void;
}
