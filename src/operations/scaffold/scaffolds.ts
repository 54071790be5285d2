import { ownFields } from '../../domain/manifests/applyPlan.ts';
import { eventRefreshFiles } from '../../domain/manifests/events/eventRefreshFiles.ts';
import { planFile } from '../../domain/manifests/filePlan.ts';
import { manifestObjects, objectsLeft } from '../../domain/manifests/manifestObject.ts';
import { manualScript } from '../../domain/manifests/manualScript.ts';
import { lookUpCommand } from '../../domain/manifests/reader/lookUp.ts';
import { lookUpIn } from '../../domain/manifests/reader/lookUpIn.ts';
import { readerEdit } from '../../domain/manifests/reader/readerEdit.ts';
import { readerManifest } from '../../domain/manifests/reader/readerManifest.ts';
import { refreshJobFiles, refreshJobInOneFile } from '../../domain/manifests/refreshJobFiles.ts';
import { yamlText } from '../../domain/manifests/yamlText.ts';
import type { Fields } from '../../domain/readers/json.ts';

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
  manifestObjects,
  objectsLeft,
  /** An object as a person may compare it. */
  objectText: (object: Fields) => yamlText(ownFields(object)),
} as const;
