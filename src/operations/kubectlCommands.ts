import type { CachePlan } from '../domain/plan/cachePlan.ts';
import { kubectlCommand } from '../domain/kubectlCommand.ts';
import type { ApplyPlan } from '../domain/manifests/applyPlan.ts';
import { guarded, versionOf } from '../domain/manifests/manifestObject.ts';
import { writeOf } from './changes.ts';
import type { CacheWrite } from './ports.ts';
import { newCacheOf, type NewCache } from './written.ts';

/** What is sent to the API server for a write. */
export interface Bodies {
  readonly patchOf: (write: CacheWrite, resourceVersion: string) => { readonly metadata: object };
  readonly objectOf: (cache: NewCache) => object;
}

/** Says plans as commands of kubectl: the same write, guarded in the same way. */
export class KubectlCommands {
  readonly #bodies: Bodies;
  readonly #now: () => Date;

  constructor(bodies: Bodies, now: () => Date) {
    this.#bodies = bodies;
    this.#now = now;
  }

  /**
   * The command that does what applying the plan would do. It also names the uid: in a terminal, the context may
   * lead to another cluster. `kubeconfig` is for where kubectl would not read the same files by itself.
   */
  async of(plan: CachePlan, kubeconfig?: string): Promise<string> {
    const { ref, before } = plan;
    const write = await writeOf(plan, this.#now());
    if (before === undefined) {
      const body = this.#bodies.objectOf(newCacheOf(plan, write));
      return kubectlCommand([{ where: ref, deed: { kind: 'create' }, body, kubeconfig }]);
    }
    const { metadata, ...sections } = this.#bodies.patchOf(write, before.resourceVersion);
    const body = { metadata: { uid: before.uid, ...metadata }, ...sections };
    const deed = { kind: 'patch', name: ref.name } as const;
    return kubectlCommand([{ where: ref, deed, body, kubeconfig }]);
  }

  /** The command that applies objects as a plan would, fields of others taken over where it names them. */
  ofApply({ lines }: ApplyPlan, kubeconfig?: string): string {
    return kubectlCommand(
      lines.map(({ object, before, conflicts }) => ({
        where: object,
        deed: { kind: 'apply', takesOver: conflicts.length > 0 },
        body: guarded(object, before && versionOf(before)),
        kubeconfig,
      })),
    );
  }
}
