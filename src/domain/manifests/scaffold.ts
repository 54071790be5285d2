import type { NamespaceRef } from '../ref.ts';

/** A file of a scaffold: its name within the folder, and what it holds. */
export interface ManifestFile {
  readonly name: string;
  readonly text: string;
}

/** True for a file of manifests, which can be applied; others, such as scripts, are for people alone. */
export function isManifest({ name }: Pick<ManifestFile, 'name'>): boolean {
  return /\.ya?ml$/.test(name);
}

/** Manifests that are offered for a workspace and for a cluster. */
export interface Scaffold {
  /**
   * What it is, as the title of questions about it: `Refresh Job of argo/workflow-cache: mappings.json`. Files of
   * another title are another's.
   */
  readonly title: string;
  /** Where its objects belong, and the context through which they are applied. */
  readonly where: NamespaceRef;
  /** The folder that is offered for its files, below that of the workspace: `k8s/workflow-cache-refresh`. */
  readonly folder: string;
  /** The folder that is offered where files of others are in that one. */
  readonly ownFolder: string;
  readonly files: readonly ManifestFile[];
}

/** What is wrong with a folder that somebody types, as a sentence, or nothing where files may go there. */
export function problemOfFolder(text: string): string | undefined {
  if (text.trim() === '') return 'Type a folder, such as k8s/workflow-cache-refresh.';
  if (text.includes('\\')) return 'Type / between folders.';
  if (text.startsWith('/') || text.split('/').includes('..')) {
    return 'Type a folder within that of the workspace.';
  }
  return undefined;
}
