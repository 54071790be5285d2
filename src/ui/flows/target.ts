import { Uri } from 'vscode';
import type { CacheRef } from '../../domain/ref.ts';
import { pickCache } from '../pickers.ts';
import { isNode, type Node } from '../tree/node.ts';
import type { Session } from './session.ts';

/** The rows that stand for a cache as a whole. */
const BELOW: ReadonlySet<Node['kind']> = new Set(['cache', 'readers', 'reader', 'jobs', 'job']);

/** What a command was called on: a cache, and perhaps one key of it. */
export interface Target {
  readonly ref: CacheRef;
  readonly key: string | undefined;
  /** The folder on which the command was called in the Explorer. */
  readonly folder?: Uri | undefined;
}

/** The cache and key that a command's first argument stands for; asks for a cache where it is none. */
export async function targetOf(
  session: Session,
  argument: unknown,
  title: string,
): Promise<Target | undefined> {
  if (isNode(argument)) {
    if (argument.kind === 'key') return { ref: argument.ref, key: argument.detail.key };
    if (BELOW.has(argument.kind) && 'ref' in argument) {
      return { ref: argument.ref, key: undefined };
    }
  }
  const ref = await pickCache(session, title);
  const folder = argument instanceof Uri ? argument : undefined;
  return ref === undefined ? undefined : { ref, key: undefined, folder };
}
