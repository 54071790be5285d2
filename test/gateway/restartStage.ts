import type { Reader } from '../../src/domain/readers/reader.ts';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { Readers } from '../../src/operations/readers/readers.ts';
import {
  Restarts,
  type Restarted,
  type RestartOrder,
} from '../../src/operations/restarts/restarts.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { CACHE, create, HOME, REF } from './rollouts.ts';

const never = new AbortController().signal;

/** How readers are restarted, and until when. */
interface Way {
  readonly order?: RestartOrder;
  readonly signal?: AbortSignal;
}

/** A control plane that runs workloads, a cache on it, and restarts of its readers through a proxy. */
export class RestartStage {
  readonly plane: ControlPlane;
  readonly proxy: FaultProxy;
  readonly cluster: KubernetesCluster;
  readonly readers: Readers;
  readonly restarts: Restarts;
  #second = Date.now();

  private constructor(plane: ControlPlane, proxy: FaultProxy) {
    this.plane = plane;
    this.proxy = proxy;
    this.cluster = new KubernetesCluster(() => [proxy.kubeconfig]);
    this.readers = new Readers(this.cluster.workloads, Date.now);
    this.restarts = new Restarts(this.cluster.workloads, this.readers, this.nextSecond);
  }

  static async set(): Promise<RestartStage> {
    const plane = await startControlPlane({ workloads: true });
    const metadata = { name: CACHE, namespace: HOME };
    await create(plane, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value' } });
    return new RestartStage(plane, await FaultProxy.start(plane));
  }

  /** Each restart is at another second, so that no test has to wait for one. */
  readonly nextSecond = (): Date => new Date((this.#second += 1000));

  async stop(): Promise<void> {
    this.readers.reset();
    this.cluster.reset();
    await this.proxy.stop();
    await this.plane.stop();
  }

  /** Creates workloads, and waits until kubectl says that they are rolled out. */
  readonly made = async (...items: readonly object[]): Promise<void> => {
    await create(this.plane, ...items);
    for (const item of items) {
      const { kind, metadata } = item as { kind: string; metadata: { name: string } };
      await this.plane.kubectl(['rollout', 'status', `${kind}/${metadata.name}`, '--timeout=60s']);
    }
  };

  /** The readers of these names, once they are seen. */
  readonly readerNamed = async (...names: readonly string[]): Promise<readonly Reader[]> => {
    const isThere = () => {
      const known = this.readers.known(REF)?.readers.map(({ workload: { ref } }) => ref.name) ?? [];
      return names.every((name) => known.includes(name));
    };
    await this.readers.of(REF);
    await this.readers.until(REF, isThere, never);
    const { readers: all } = await this.readers.of(REF);
    return names.flatMap((name) => all.find(({ workload: { ref } }) => ref.name === name) ?? []);
  };

  /** Restarts the readers of these names; what it waits for is heard as it comes. */
  readonly restart = async (
    names: readonly string[],
    { order = 'allAtOnce', signal = never }: Way = {},
    heard: (words: string, reader: Reader) => void = () => undefined,
  ): Promise<readonly Restarted[]> =>
    await this.restarts.run(
      REF,
      { readers: await this.readerNamed(...names), order },
      {
        progressed: (reader, { words }) => {
          heard(words, reader);
        },
        ended: () => undefined,
      },
      signal,
    );
}
