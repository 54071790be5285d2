import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ControlPlane } from '../cluster/controlPlane.ts';

/** A ConfigMap as it was for a while. */
export interface State {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
}

interface ConfigMap {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Every state that a ConfigMap goes through, as a watch of kubectl tells it, which nothing cuts. */
export class StateChain {
  readonly #plane: ControlPlane;
  readonly #path: string;
  readonly #states: State[] = [];
  readonly #watch: ChildProcess;
  readonly #lines: ReturnType<typeof createInterface>;

  private constructor(plane: ControlPlane, name: string, first: ConfigMap) {
    this.#plane = plane;
    this.#path = `/api/v1/namespaces/default/configmaps`;
    this.#states.push(stateOf(first));
    const { resourceVersion } = first.metadata;
    const query = `watch=1&fieldSelector=metadata.name%3D${name}&resourceVersion=${resourceVersion}`;
    this.#watch = spawn(
      plane.binaries.path('kubectl'),
      ['get', '--raw', `${this.#path}?${query}&timeoutSeconds=3600`],
      {
        env: { ...process.env, KUBECONFIG: plane.kubeconfig },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (this.#watch.stdout === null) throw new Error('The watch has no output.');
    this.#lines = createInterface(this.#watch.stdout);
    this.#lines.on('line', (line) => {
      const { type, object } = JSON.parse(line) as { type: string; object: ConfigMap };
      if (type !== 'MODIFIED') throw new Error(`The watch said ${type}.`);
      this.#states.push(stateOf(object));
    });
  }

  /** Follows a ConfigMap of the namespace `default` from its state of now on. */
  static async of(plane: ControlPlane, name: string): Promise<StateChain> {
    return new StateChain(plane, name, await read(plane, name));
  }

  /** All states until now, the first one included; ends the watch. */
  async end(name: string): Promise<readonly State[]> {
    const { resourceVersion } = (await read(this.#plane, name)).metadata;
    while (this.#states.at(-1)?.resourceVersion !== resourceVersion)
      await once(this.#lines, 'line');
    this.#watch.kill();
    return this.#states;
  }
}

async function read({ kubectl }: ControlPlane, name: string): Promise<ConfigMap> {
  return JSON.parse(await kubectl(['get', 'configmap', name, '-o', 'json'])) as ConfigMap;
}

function stateOf({ metadata, data = {} }: ConfigMap): State {
  return { resourceVersion: metadata.resourceVersion, data };
}
