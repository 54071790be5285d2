import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { lineInManifest } from './domain/manifest.ts';
import { MAX_SOURCE_BYTES } from './domain/source.ts';
import { ClusterUids } from './gateway/history/clusterUids.ts';
import { HistoryFiles } from './gateway/history/historyFiles.ts';
import { HttpSource } from './gateway/httpSource.ts';
import { KubernetesCluster } from './gateway/kubernetes/cluster.ts';
import { kubeconfigFiles } from './gateway/kubernetes/kubeConfig.ts';
import { ApplyObjects } from './operations/scaffold/applyObjects.ts';
import { mergePatchOf, newConfigMapOf } from './gateway/kubernetes/translate.ts';
import { pauseFor } from './gateway/kubernetes/waiting.ts';
import { History } from './operations/history/history.ts';
import { Inventory } from './operations/inventory.ts';
import type { Host, Operations } from './operations/operations.ts';
import { Changes } from './operations/changes.ts';
import { ChangeTimes } from './operations/readers/changeTimes.ts';
import { KubectlCommands } from './operations/kubectlCommands.ts';
import type { WorkloadCluster } from './operations/ports.ts';
import { JobCare } from './operations/jobs/jobCare.ts';
import { JobLog } from './operations/jobs/jobLog.ts';
import { jobWords } from './operations/jobs/jobWords.ts';
import { Jobs } from './operations/jobs/jobs.ts';
import { OpenKeys } from './operations/keys/openKeys.ts';
import { proposalsFor } from './operations/proposals.ts';
import { Readers } from './operations/readers/readers.ts';
import { Recreation } from './operations/recreation.ts';
import { remembering } from './operations/history/remembering.ts';
import { Restarts } from './operations/restarts/restarts.ts';
import { Rights } from './operations/rights.ts';
import { scaffolds } from './operations/scaffold/scaffolds.ts';
import { Undo } from './operations/history/undo.ts';

/** Milliseconds that a URL may take, from the request to its last byte. */
const FETCH_TIME = 60_000;

const BODIES = { patchOf: mergePatchOf, objectOf: newConfigMapOf };

/** Builds gateways and operations. This is the second bundle, loaded when the view is first seen. */
export function buildOperations(host: Host): Operations {
  const isKept = () => host.historyLimits().versionsPerKey > 0;
  const servers = new KubernetesCluster(
    () => kubeconfigFiles(host.kubeconfig() || process.env['KUBECONFIG']),
    { log: host.log, uids: new ClusterUids(path.join(host.historyFolder, 'clusters'), isKept) },
  );
  const now = () => new Date();
  const store = new HistoryFiles(host.historyFolder, host.historyLimits);
  const history = new History(store, servers, { now, log: host.log, newId: randomUUID });
  const cluster = remembering(servers, history);
  const changes = new Changes(cluster, history, now);
  const undo = new Undo(store, { history, changes, cluster });
  const urls = new HttpSource(host.credentials, FETCH_TIME);
  const rights = new Rights(cluster);
  return {
    ...readingOperations(servers.workloads, now),
    ...caringOperations(servers, now),
    ...scaffoldingOperations(servers, now),
    cluster,
    inventory: new Inventory(cluster, () => Date.now(), host.named),
    changes,
    history,
    recreation: new Recreation(cluster, history, { now, isKept }),
    store,
    undo,
    changeTimes: new ChangeTimes(undo),
    rights,
    openKeys: new OpenKeys(cluster, { changes, rights, now: Date.now }),
    proposalsFor,
    lineInManifest,
    readSource: (source, progress, signal) => {
      const limits = { maxBytes: MAX_SOURCE_BYTES, progress };
      return source.kind === 'file'
        ? host.files.read(source, limits, signal)
        : urls.read(source, limits, signal);
    },
  };
}

/** What concerns those who read caches. */
function readingOperations(workloads: WorkloadCluster, now: () => Date) {
  const readers = new Readers(workloads, () => now().getTime());
  return { workloads, readers, restarts: new Restarts(workloads, readers, now) };
}

/** What concerns manifests and commands that are made for a person, and what a cluster has for them. */
function scaffoldingOperations({ manifests, argo }: KubernetesCluster, now: () => Date) {
  return {
    kubectlCommands: new KubectlCommands(BODIES, now),
    scaffolds,
    applyObjects: new ApplyObjects(manifests),
    argo,
  };
}

/** What concerns the jobs that refresh caches. */
function caringOperations({ workloads, jobs: cluster }: KubernetesCluster, now: () => Date) {
  const time = () => now().getTime();
  const jobs = new Jobs(workloads, cluster, time);
  return {
    jobs,
    jobCare: new JobCare(workloads, cluster, time),
    jobLog: new JobLog(cluster, jobs, pauseFor),
    jobWords,
  };
}
