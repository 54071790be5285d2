import type { Document } from 'yaml';
import type { ContainerPlace, Path } from './workloadPlaces.ts';

/** Volumes and mounts that a container has, as far as they matter. */
export interface Mounting {
  readonly volumes: readonly Volume[];
  readonly mounts: readonly Mount[];
}

interface Volume {
  readonly name?: string;
  readonly configMap?: { readonly name?: string; readonly items?: readonly unknown[] };
}

interface Mount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

/** The way by which a container reads a cache: whether volume and mount are there, and what they are called. */
export interface Way {
  readonly volume: 'there' | 'missing';
  readonly mount: {
    readonly kind: 'there' | 'missing';
    readonly name: string;
    readonly folder: string;
  };
}

/** The volumes that a container may mount, and its mounts. */
export function volumesAt(document: Document, place: ContainerPlace): Mounting {
  const { path, holder, outer } = place;
  const root: unknown = document.toJS();
  return {
    volumes: [holder, ...(outer === undefined ? [] : [outer])].flatMap((one): readonly Volume[] =>
      objectsAt(root, [...one, 'volumes']),
    ),
    mounts: [path, [...holder, 'containerSet']].flatMap((one): readonly Mount[] =>
      objectsAt(root, [...one, 'volumeMounts']),
    ),
  };
}

/** Finds the whole folder of a cache among what is there, and names for what is missing. */
export function wayTo(cache: string, { volumes, mounts }: Mounting): Way {
  const volume = volumes.find(
    ({ configMap }) => configMap?.name === cache && (configMap.items ?? []).length === 0,
  );
  const isWhole = ({ subPath = '', subPathExpr = '' }: Mount) => subPath + subPathExpr === '';
  const mount = volume && mounts.find((each) => each.name === volume.name && isWhole(each));
  const name = volume?.name ?? freeName(cache, volumes);
  const folder = mount?.mountPath ?? freeFolder(cache, mounts);
  return {
    volume: volume === undefined ? 'missing' : 'there',
    mount: { kind: mount === undefined ? 'missing' : 'there', name, folder },
  };
}

function objectsAt(root: unknown, path: Path): readonly object[] {
  let value = root;
  for (const step of path) value = isObject(value) ? value[step] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A DNS label for the volume that no other volume has. */
function freeName(cache: string, volumes: readonly Volume[]): string {
  const name = cache.replaceAll('.', '-').slice(0, 60).replace(/-+$/, '');
  for (let count = 1; ; count++) {
    const one = count === 1 ? name : `${name}-${count}`;
    if (!volumes.some((volume) => volume.name === one)) return one;
  }
}

/** A folder that is neither in another mount nor around one: within a read-only mount nothing can be mounted. */
function freeFolder(cache: string, mounts: readonly Mount[]): string {
  const others = mounts.flatMap(({ mountPath = '/' }) => {
    const path = mountPath.replace(/\/+$/, '');
    return path === '' ? [] : [`${path}/`];
  });
  const isFree = (folder: string) =>
    others.every((other) => !other.startsWith(`${folder}/`) && !`${folder}/`.startsWith(other));
  if (isFree('/cache')) return '/cache';
  for (let count = 1; ; count++) {
    const folder = count === 1 ? `/${cache}` : `/${cache}-${count}`;
    if (isFree(folder)) return folder;
  }
}
