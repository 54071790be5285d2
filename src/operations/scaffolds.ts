import { eventRefreshFiles } from '../domain/manifests/events/eventRefreshFiles.ts';
import { planFile } from '../domain/manifests/filePlan.ts';
import { refreshJobFiles, refreshJobInOneFile } from '../domain/manifests/refreshJobFiles.ts';

/** What of scaffolds needs a parser or printer of YAML, which only the second bundle has. */
export const scaffolds = {
  eventRefreshFiles,
  planFile,
  refreshJobFiles,
  refreshJobInOneFile,
} as const;
