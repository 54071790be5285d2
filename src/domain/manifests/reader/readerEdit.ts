import { isScalar, parseDocument } from 'yaml';
import type { CacheRef } from '../../ref.ts';
import { appendTo, mannerOf, type Item, type Manner, type TextEdit } from './insertion.ts';
import { volumesAt, wayTo } from './mounting.ts';
import { partAt, refused, type ManifestPart, type Refused } from './manifestPart.ts';
import {
  containerPlaces,
  mapAt,
  textAt,
  type ContainerPlace,
  type Path,
} from './workloadPlaces.ts';

/** What is to be read, and where the cursor is. */
export interface ReaderRequest {
  readonly cache: Pick<CacheRef, 'namespace' | 'name'>;
  readonly offset: number;
  /** The name of the container, where it was asked for. */
  readonly container?: string;
}

/** What becomes of a manifest. */
export type ReaderEdit =
  | {
      readonly kind: 'edit';
      readonly edits: readonly TextEdit[];
      /** The whole file with the edits. */
      readonly text: string;
      readonly workload: string;
      readonly folder: string;
    }
  /** It reads the cache already. */
  | { readonly kind: 'there'; readonly workload: string; readonly folder: string }
  /** The cursor is in none of several containers. */
  | { readonly kind: 'choose'; readonly workload: string; readonly names: readonly string[] }
  | Refused;

/**
 * Puts a volume with a cache, and its mount, into the workload at the cursor: text is only added, and the result is
 * read again to see that nothing else has changed.
 */
export function readerEdit(text: string, request: ReaderRequest): ReaderEdit {
  const part = partAt(text, request.offset);
  if ('kind' in part) return part;
  const { document } = part;
  const kind = textAt(document, ['kind']);
  if (kind === undefined)
    return refused('There is no manifest where the cursor is: it has no kind.');
  const workload = `${kind} ${textAt(document, ['metadata', 'name']) ?? 'without a name'}`;
  const places = containerPlaces(document);
  if (places === undefined)
    return refused(`${workload} runs no containers: put the cursor into a workload.`);
  const namespace = textAt(document, ['metadata', 'namespace']);
  if (namespace !== undefined && namespace !== request.cache.namespace) {
    return refused(
      `${workload} is in namespace ${namespace}, and the cache in ${request.cache.namespace}: pods read ConfigMaps of their own namespace only.`,
    );
  }
  const place = placeAt(part, places, request);
  if (Array.isArray(place)) return { kind: 'choose', workload, names: place };
  if (place === undefined) return refused(`${workload} has no container that can be seen here.`);
  return editAt(text, { part, place, workload, cache: request.cache.name });
}

/** The container that is meant, or the names of those that it may be. */
function placeAt(
  { document, start }: ManifestPart,
  places: readonly ContainerPlace[],
  { offset, container }: ReaderRequest,
): ContainerPlace | string[] | undefined {
  if (container !== undefined) return places.find(({ name }) => name === container);
  const isAt = (path: Path) => {
    const range = mapAt(document, path)?.range;
    return range != null && range[0] <= offset - start && offset - start < range[2];
  };
  const around = places.filter(({ path }) => isAt(path));
  const within = around.length > 0 ? around : places.filter(({ holder }) => isAt(holder));
  const left = within.length > 0 ? within : places;
  return left.length > 1 ? left.map(({ name }) => name) : left[0];
}

interface Found {
  readonly part: ManifestPart;
  readonly place: ContainerPlace;
  readonly workload: string;
  readonly cache: string;
}

function editAt(text: string, found: Found): ReaderEdit {
  const { part, place, workload, cache } = found;
  const { volume, mount } = wayTo(cache, volumesAt(part.document, place));
  const { name, folder } = mount;
  if (volume === 'there' && mount.kind === 'there') return { kind: 'there', workload, folder };
  const additions: readonly Addition[] = [
    { path: place.path, list: 'volumeMounts', item: { name, mountPath: folder, readOnly: true } },
    ...(volume === 'there'
      ? []
      : [
          {
            path: place.holder,
            list: 'volumes',
            item: { name, configMap: { name: cache, optional: true } },
          },
        ]),
  ];
  return added(text, found, { additions, folder });
}

interface Addition {
  readonly path: Path;
  readonly list: string;
  readonly item: Item;
}

/** Makes the edits, and believes them only when they read as what was meant. */
function added(
  text: string,
  { part, place, workload }: Found,
  { additions, folder }: { readonly additions: readonly Addition[]; readonly folder: string },
): ReaderEdit {
  const manner = mannerAt(part, place);
  const expected = plainOf(part.document.toJS()) as object;
  const edits: TextEdit[] = [];
  for (const { path, list, item } of additions) {
    const map = mapAt(part.document, path);
    const edit = map && appendTo(map, list, item, manner);
    if (edit === undefined) {
      return refused(
        `${list} of ${workload} stands elsewhere, behind an alias: change it by hand.`,
      );
    }
    edits.push(edit);
    push(expected, [...path, list], item);
  }
  const source = applied(part.source, edits);
  const again = parseDocument(source, { merge: true, prettyErrors: false });
  if (again.errors.length > 0 || canonical(again.toJS()) !== canonical(expected)) {
    return refused(
      `${workload} is written in a way in which nothing can be added without changing more: change it by hand.`,
    );
  }
  const whole = edits.map((edit) => ({ ...edit, offset: part.start + edit.offset }));
  return { kind: 'edit', edits: whole, text: applied(text, whole), workload, folder };
}

function mannerAt({ document, source }: ManifestPart, { list }: ContainerPlace): Manner {
  const holder = mapAt(document, list.slice(0, -1));
  const name = list.at(-1);
  const pair = holder?.items.find(({ key }) => isScalar(key) && key.value === name);
  return mannerOf(source, document.contents, pair?.value, pair?.key);
}

/** A text with edits; of two at one offset the first comes first. */
function applied(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let done = 0;
  for (const { offset, length, text: added } of edits.toSorted((a, b) => a.offset - b.offset)) {
    result += text.slice(done, offset) + added;
    done = offset + length;
  }
  return result + text.slice(done);
}

function push(root: object, path: Path, item: Item): void {
  let holder = root as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as typeof holder;
  const name = path.at(-1) ?? '';
  const list = holder[name];
  holder[name] = [...(Array.isArray(list) ? (list as unknown[]) : []), item];
}

/** Each alias as a copy, so that a change of one place is a change of one place. */
function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** As JSON, with the members of every object in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
