import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ControlPlane } from '../cluster/controlPlane.ts';

/** A volume of one of the kinds that are scaffolded; of others, only the folder is made. */
export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string; readonly optional?: boolean };
  readonly secret?: {
    readonly secretName: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
    readonly optional?: boolean;
  };
}

/** What a pod sees of its namespace, and where. */
export interface Mounting {
  readonly namespace: string;
  readonly volumes: readonly Volume[];
  readonly mounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/**
 * Fills a folder below that of a pod for each place in which it has a volume, as the kubelet does; gives them by these
 * places. Throws where a kubelet would not start the pod.
 */
export async function mountedFolders(
  plane: ControlPlane,
  pod: string,
  { namespace, volumes, mounts }: Mounting,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const { name, mountPath } of mounts) {
    const folder = path.join(pod, name);
    await mkdir(folder);
    folders.set(mountPath, folder);
    const volume = volumes.find((each) => each.name === name);
    if (volume === undefined) throw new Error(`The pod does not start: no volume ${name}.`);
    for (const [file, bytes] of await filesOf(volume, plane, namespace)) {
      await writeFile(path.join(folder, file), bytes);
    }
  }
  return folders;
}

/** Variables whose values lie in a volume, with the folder that takes its place. */
export function placed(
  environment: Readonly<Record<string, string>>,
  folders: ReadonlyMap<string, string>,
): Record<string, string> {
  const here = (value: string) => {
    for (const [place, folder] of folders) {
      if (`${value}/`.startsWith(`${place}/`)) return folder + value.slice(place.length);
    }
    return value;
  };
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, here(value)]),
  );
}

async function filesOf({ configMap, secret }: Volume, plane: ControlPlane, namespace: string) {
  const read = async (name: string, optional: boolean | undefined): Promise<Data> => {
    const ignored = optional === true ? ['--ignore-not-found'] : [];
    const text = await plane.kubectl(['get', name, '-n', namespace, '-o', 'json', ...ignored]);
    return text === '' ? {} : (JSON.parse(text) as Data);
  };
  if (configMap !== undefined) {
    const { name, optional } = configMap;
    const { data = {}, binaryData } = await read(`configmap/${name}`, optional);
    const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const);
    return [...texts, ...decoded(binaryData)];
  }
  if (secret === undefined) return [];
  const { secretName, items, optional } = secret;
  const there = new Map(decoded((await read(`secret/${secretName}`, optional)).data));
  return items.flatMap((item) => {
    const bytes = there.get(item.key);
    if (bytes !== undefined) return [[item.path, bytes] as const];
    if (optional === true) return [];
    throw new Error(`The pod does not start: Secret ${secretName} has no ${item.key}.`);
  });
}

interface Data {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

function decoded(data: Readonly<Record<string, string>> = {}) {
  return Object.entries(data).map(([key, base64]) => [key, Buffer.from(base64, 'base64')] as const);
}
