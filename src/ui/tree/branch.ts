import { sameNamespace, type CacheRef } from '../../domain/ref.ts';
import type { Node } from './node.ts';

/** What a branch does with rows: draw one again, with those below it, and forget one. */
export interface View {
  readonly draw: (id: string) => void;
  readonly forget: (id: string) => void;
}

/** True where the rows of a cache's branches stand below a row. */
export function isAbove(node: Node, ref: CacheRef, own: Node['kind']): boolean {
  switch (node.kind) {
    case 'context':
      return node.context === ref.context;
    case 'namespace':
      return sameNamespace(node, ref);
    case 'cache':
    case 'readers':
    case 'jobs':
      if (node.kind !== 'cache' && node.kind !== own) return false;
      return sameNamespace(node.ref, ref) && node.ref.name === ref.name;
    case 'key':
    case 'reader':
    case 'job':
    case 'notice':
      return false;
  }
}
