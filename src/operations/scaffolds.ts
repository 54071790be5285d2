import { eventRefreshFiles } from '../domain/manifests/events/eventRefreshFiles.ts';
import { planFile } from '../domain/manifests/filePlan.ts';
import { manualScript } from '../domain/manifests/manualScript.ts';
import { lookUpCommand } from '../domain/manifests/reader/lookUp.ts';
import { lookUpIn } from '../domain/manifests/reader/lookUpIn.ts';
import { readerEdit } from '../domain/manifests/reader/readerEdit.ts';
import { readerManifest } from '../domain/manifests/reader/readerManifest.ts';
import { refreshJobFiles, refreshJobInOneFile } from '../domain/manifests/refreshJobFiles.ts';

/** What of scaffolds needs a parser or printer of YAML, which only the second bundle has. */
export const scaffolds = {
  eventRefreshFiles,
  lookUpCommand,
  lookUpIn,
  manualScript,
  planFile,
  readerEdit,
  readerManifest,
  refreshJobFiles,
  refreshJobInOneFile,
} as const;
