import { fieldsOf, isFields, objectsIn, textOr, type Fields, type JsonReader } from './json.ts';
import { isPattern, type Role, type Use, type Way } from './use.ts';

/** A ConfigMap in a volume. */
interface Source {
  readonly map: string;
  readonly way: 'volume' | 'projected';
  /** The files that are made of its keys; absent where each key is a file of its name. */
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly isOptional: boolean;
}

/** A volume; without sources where it holds no ConfigMap. */
export interface Volume {
  readonly name: string;
  readonly sources: readonly Source[];
}

/** A mount of a volume in a container. */
interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly subPath?: string;
  /** True where the part that is mounted depends on environment variables. */
  readonly isExpression: boolean;
}

/** What matters of a container: its mounts, and the ConfigMaps in its environment. */
export interface Container {
  readonly name: string;
  readonly role: Role;
  readonly mounts: readonly Mount[];
  readonly environment: readonly Use[];
}

/**
 * The ConfigMaps that the containers of a pod or a pod template read. A volume that none of them mounts is read by
 * nobody.
 */
export function usesOfPod(spec: unknown, json: JsonReader): readonly Use[] {
  const pod = json.fields(spec);
  const volumes = volumesOf(pod['volumes'], json);
  const containers = [
    ...json.list(pod['initContainers']).map((each) => containerOf(each, roleOfInit(each), json)),
    ...json.list(pod['containers']).map((each) => containerOf(each, 'container', json)),
  ];
  return containers.flatMap((container) => usesOfContainer(container, volumes));
}

/**
 * What the ephemeral containers of a pod read, which no template has. One that has ended stays in the pod and
 * reads no more.
 */
export function usesOfEphemeral(spec: Fields, status: Fields, json: JsonReader): readonly Use[] {
  const containers = json.list(spec['ephemeralContainers']);
  if (containers.length === 0) return [];
  const volumes = volumesOf(spec['volumes'], json);
  const states = objectsIn(status['ephemeralContainerStatuses']);
  return containers.flatMap((each) => {
    const { state } = states.find(({ name }) => name === each['name']) ?? {};
    const { running, terminated } = fieldsOf(state);
    if (isFields(terminated)) return [];
    const started = Date.parse(textOr(isFields(running) ? running['startedAt'] : undefined));
    const uses = usesOfContainer(containerOf(each, 'ephemeral', json), volumes);
    return Number.isNaN(started) ? uses : uses.map((use) => ({ ...use, started }));
  });
}

/** An init container that is always restarted is a sidecar. Source: KEP-753. */
export function roleOfInit(container: Fields): Role {
  return container['restartPolicy'] === 'Always' ? 'container' : 'init';
}

/** What matters of a container as the API server sends it. */
export function containerOf(container: Fields, role: Role, json: JsonReader): Container {
  const name = json.text(container['name']) ?? '';
  const mounts = json.list(container['volumeMounts']).map((mount): Mount => {
    const expression = json.text(mount['subPathExpr']) ?? '';
    const subPath = (json.text(mount['subPath']) ?? '') || expression;
    return {
      volume: json.text(mount['name']) ?? '',
      path: json.text(mount['mountPath']) ?? '',
      ...(subPath === '' ? {} : { subPath }),
      isExpression: expression.includes('$(') || isPattern(subPath),
    };
  });
  return { name, role, mounts, environment: environmentOf(container, { name, role }, json) };
}

function environmentOf(
  container: Fields,
  { name, role }: Pick<Container, 'name' | 'role'>,
  json: JsonReader,
): readonly Use[] {
  const uses: Use[] = [];
  const add = (way: Way, ref: Fields, keys?: readonly string[]) => {
    const map = json.text(ref['name']) ?? '';
    if (map === '') return;
    const required = keys && ref['optional'] !== true ? { requiredKeys: keys } : {};
    uses.push({ maps: [map], way, place: name, role, ...(keys ? { keys } : {}), ...required });
  };
  for (const { configMapRef } of json.list(container['envFrom'])) {
    add('envFrom', json.fields(configMapRef));
  }
  for (const { valueFrom } of json.list(container['env'])) {
    const ref = json.fields(json.fields(valueFrom)['configMapKeyRef']);
    add('env', ref, keysOf(ref['key'], json));
  }
  return uses;
}

/** The one key of a reference; nothing, which stands for all, where it is absent or a pattern. */
export function keysOf(key: unknown, json: JsonReader): readonly string[] | undefined {
  const text = json.text(key) ?? '';
  return text === '' || isPattern(text) ? undefined : [text];
}

/** The volumes of a pod or of one of Argo's specs. */
export function volumesOf(value: unknown, json: JsonReader): readonly Volume[] {
  return json.list(value).map((volume) => {
    const projected = json.list(json.fields(volume['projected'])['sources']);
    return {
      name: json.text(volume['name']) ?? '',
      sources: [
        ...sourceOf(json.fields(volume['configMap']), 'volume', json),
        ...projected.flatMap(({ configMap }) =>
          sourceOf(json.fields(configMap), 'projected', json),
        ),
      ],
    };
  });
}

function sourceOf(source: Fields, way: Source['way'], json: JsonReader): readonly Source[] {
  const map = json.text(source['name']) ?? '';
  if (map === '') return [];
  const items = json.list(source['items']).map((item) => ({
    key: json.text(item['key']) ?? '',
    path: cleaned(json.text(item['path']) ?? ''),
  }));
  const isOptional = source['optional'] === true;
  return [{ map, way, isOptional, ...(items.length > 0 ? { items } : {}) }];
}

/** What a container reads, given the volumes that it may mount; `under` goes before its name. */
export function usesOfContainer(
  { name, role, mounts, environment }: Container,
  volumes: readonly Volume[],
  under = '',
): readonly Use[] {
  const place = `${under}${name}`;
  const mounted = mounts.flatMap((mount) => {
    const sources = volumes.find((volume) => volume.name === mount.volume)?.sources ?? [];
    return sources.map((source): Use => {
      const keys = keysOfMount(source, mount);
      const required = requiredKeysOf(source);
      return {
        maps: [source.map],
        way: source.way,
        place,
        role,
        mountPath: mount.path,
        ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
        ...(keys === undefined ? {} : { keys }),
        ...(required.length === 0 ? {} : { requiredKeys: required }),
      };
    });
  });
  return [...mounted, ...environment.map((use) => ({ ...use, place }))];
}

/** The keys whose files are in the part of a volume that is mounted; nothing for all. */
function keysOfMount({ items }: Source, { subPath, isExpression }: Mount): string[] | undefined {
  if (items?.some(({ key }) => isPattern(key)) === true) return undefined;
  if (subPath === undefined || isExpression) return items?.map(({ key }) => key);
  const part = cleaned(subPath);
  if (part === '') return items?.map(({ key }) => key);
  if (items === undefined) return [part];
  return items
    .filter(({ path }) => path === part || path.startsWith(`${part}/`))
    .map(({ key }) => key);
}

/** A path as the kubelet takes it: `./a//b/` is `a/b`, and `.` nothing, which is all of a volume. Source: Go, `filepath.Clean`. */
function cleaned(path: string): string {
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

/** The keys that must be there for a volume to be set up, whatever of it is mounted. */
function requiredKeysOf({ items = [], isOptional }: Source): readonly string[] {
  return isOptional ? [] : items.map(({ key }) => key).filter((key) => !isPattern(key));
}
