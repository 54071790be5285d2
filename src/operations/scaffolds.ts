import { planFile } from '../domain/manifests/filePlan.ts';
import { manualScript } from '../domain/manifests/manualScript.ts';
import { refreshJobFiles, refreshJobInOneFile } from '../domain/manifests/refreshJobFiles.ts';

/** What of scaffolds needs a parser or printer of YAML, which only the second bundle has. */
export const scaffolds = { manualScript, planFile, refreshJobFiles, refreshJobInOneFile } as const;
