import path from 'node:path';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { readKubeconfig, writeKubeconfig } from '../cluster/kubeconfigFile.ts';
import type { Stage } from './stage.ts';

/** A proxy before the API server, and the variables that lead a run there: what it may do, its token says. */
export interface ServerProxy {
  readonly proxy: FaultProxy;
  readonly through: Readonly<Record<string, string>>;
}

export async function serverProxy({ plane }: Stage): Promise<ServerProxy> {
  const kubeconfig = await writeKubeconfig(path.join(plane.directory, 'nobody.kubeconfig'), {
    ...(await readKubeconfig(plane.kubeconfig)),
    user: {},
  });
  const proxy = await FaultProxy.start(plane, { kubeconfig });
  const { hostname, port } = new URL((await readKubeconfig(proxy.kubeconfig)).server);
  const through = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  return { proxy, through };
}
