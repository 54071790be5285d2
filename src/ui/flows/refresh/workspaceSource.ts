import type { Uri } from 'vscode';
import { Range, window, workspace } from 'vscode';
import type { CachePlan, KeyPlan } from '../../../domain/plan/cachePlan.ts';
import type { Owner } from '../../../domain/owners.ts';
import { MAX_VALUE_BYTES } from '../../../domain/size.ts';
import { asText } from '../../../domain/text.ts';
import type { Session } from '../session.ts';

/** The file of the open workspace that a cache is deployed from, and the line of the key in it. */
export interface WorkspaceSource {
  readonly uri: Uri;
  readonly line: number;
}

/** Who brings a cache back to what is in a repository. */
const DEPLOYERS: ReadonlySet<Owner['kind']> = new Set(['argoCd', 'flux', 'helm', 'hashedName']);

/** Files that are looked into at most: a workspace may be a whole disk. */
const MAX_FILES = 200;

const LEFT_OUT = '**/node_modules/**';

const found = new WeakMap<CachePlan, Promise<WorkspaceSource | undefined>>();

/**
 * The file that holds what a key of the plan holds now, where somebody deploys the cache from files: one of
 * the key's name, or a manifest. Nothing where there is none.
 */
export async function workspaceSourceOf(
  session: Session,
  plan: CachePlan,
): Promise<WorkspaceSource | undefined> {
  if (!plan.owners.some(({ kind }) => DEPLOYERS.has(kind))) return undefined;
  const search = found.get(plan) ?? searched(session, plan);
  found.set(plan, search);
  return await search;
}

/** Opens it at the line of the key. */
export async function openSource({ uri, line }: WorkspaceSource): Promise<void> {
  await window.showTextDocument(uri, { selection: new Range(line - 1, 0, line - 1, 0) });
}

async function searched(session: Session, plan: CachePlan): Promise<WorkspaceSource | undefined> {
  for (const key of plan.keys) {
    const source = (await fileOf(key)) ?? (await manifestOf(session, key));
    if (source !== undefined) return source;
  }
  return undefined;
}

async function fileOf({ key, before }: KeyPlan): Promise<WorkspaceSource | undefined> {
  if (before === undefined) return undefined;
  for (const uri of await workspace.findFiles(`**/${key}`, LEFT_OUT, MAX_FILES)) {
    const bytes = await contentOf(uri, before.bytes.length);
    if (bytes !== undefined && Buffer.compare(bytes, before.bytes) === 0) return { uri, line: 1 };
  }
  return undefined;
}

async function manifestOf(
  { operations }: Session,
  { key, before }: KeyPlan,
): Promise<WorkspaceSource | undefined> {
  const content = before === undefined ? undefined : asText(before.bytes);
  if (content === undefined) return undefined;
  const { lineInManifest } = await operations();
  for (const uri of await workspace.findFiles('**/*.{yaml,yml}', LEFT_OUT, MAX_FILES)) {
    const text = asText((await contentOf(uri)) ?? new Uint8Array());
    const names = text?.includes('ConfigMap') === true && text.includes(key);
    const line = names ? lineInManifest(text, { key, content }) : undefined;
    if (line !== undefined) return { uri, line };
  }
  return undefined;
}

/** The bytes of a file, if it can be read and has so many, or no more than a ConfigMap with its manifest may. */
async function contentOf(uri: Uri, size?: number): Promise<Uint8Array | undefined> {
  try {
    const stat = await workspace.fs.stat(uri);
    const isLikely = size === undefined ? stat.size <= 2 * MAX_VALUE_BYTES : stat.size === size;
    return isLikely ? await workspace.fs.readFile(uri) : undefined;
  } catch {
    // It went away while it was looked for.
    return undefined;
  }
}
