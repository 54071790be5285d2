import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Node } from 'yaml';

/** A change of a text: so many characters at an offset are replaced. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** How a manifest is written. */
export interface Manner {
  readonly source: string;
  readonly lineBreak: string;
  /** Columns by which what is within an object stands further in. */
  readonly step: number;
  /** Columns by which the dash of a list stands further in than the name of the list. */
  readonly dash: number;
  /** Columns from a dash to what follows it. */
  readonly gap: number;
  readonly isJson: boolean;
}

type Plain = string | boolean | { readonly [name: string]: Plain };

/** Something that is put at the end of a list. */
export type Item = Readonly<Record<string, Plain>>;

/**
 * The edit that puts an item at the end of a list of an object, which is begun where there is none. Nothing where
 * the list is no list, such as an alias.
 */
export function appendTo(
  map: YAMLMap,
  list: string,
  item: Item,
  manner: Manner,
): TextEdit | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === list);
  const value: unknown = pair?.value;
  if (pair === undefined) return newList(map, list, item, manner);
  if (isSeq(value)) return newItem(value, item, manner);
  if (!isScalar(value) || value.value !== null || value.range == null) return undefined;
  const [start, end] = value.range;
  // Where nothing is written, it is read as standing behind the comment.
  const isEmpty = start === end;
  const offset = isEmpty ? manner.source.indexOf(':', endOf(pair.key)) + 1 : start;
  const space = isEmpty ? ' ' : '';
  return { offset, length: end - start, text: `${space}[${inline(item, manner)}]` };
}

function newList(map: YAMLMap, list: string, item: Item, manner: Manner): TextEdit | undefined {
  const last = map.items.at(-1);
  if (last === undefined) return undefined;
  if (map.flow === true) {
    const offset = endOf(last.value ?? last.key);
    const name = manner.isJson ? JSON.stringify(list) : list;
    return offset === undefined
      ? undefined
      : { offset, length: 0, text: `, ${name}: [${inline(item, manner)}]` };
  }
  const start = startOf(map.items[0]?.key);
  if (start === undefined) return undefined;
  const column = columnOf(start, manner);
  const lines = [`${list}:`, ...itemLines(item, manner).map((line) => pad(line, manner.dash))];
  return atEnd(map, column, lines, manner);
}

function newItem(list: YAMLSeq, item: Item, manner: Manner): TextEdit | undefined {
  if (list.range == null) return undefined;
  const last: unknown = list.items.at(-1);
  if (list.flow === true) {
    const offset = last === undefined ? list.range[0] + 1 : endOf(last);
    const comma = last === undefined ? '' : ', ';
    return offset === undefined
      ? undefined
      : { offset, length: 0, text: `${comma}${inline(item, manner)}` };
  }
  return atEnd(list, columnOf(list.range[0], manner), itemLines(item, manner), manner);
}

/** Lines behind all that belongs to a collection, comments that stand as far in included. */
function atEnd(
  collection: Node,
  column: number,
  lines: readonly string[],
  { source, lineBreak }: Manner,
): TextEdit | undefined {
  const leaf = lastLeaf(collection);
  const end = leaf?.range?.[1];
  if (end === undefined) return undefined;
  const isBlock = isScalar(leaf) && (leaf.type === 'BLOCK_LITERAL' || leaf.type === 'BLOCK_FOLDED');
  let offset = isBlock && source.charAt(end - 1) === '\n' ? end : lineEnd(source, end);
  for (let next = offset; next < source.length;) {
    const line = source.slice(next, lineEnd(source, next));
    const text = line.trimStart();
    if (text !== '' && !text.startsWith('#')) break;
    next += line.length;
    if (text !== '') {
      if (line.length - text.length < column) break;
      offset = next;
    }
  }
  const body = lines.map((line) => pad(line, column));
  const isAtLine = offset === 0 || source.charAt(offset - 1) === '\n';
  const text = isAtLine
    ? body.map((line) => `${line}${lineBreak}`).join('')
    : body.map((line) => `${lineBreak}${line}`).join('');
  return { offset, length: 0, text };
}

function lastLeaf(node: unknown): Scalar | Node | undefined {
  if (isPair(node)) return lastLeaf(node.value ?? node.key);
  if (!isCollection(node) || node.flow === true) return (node ?? undefined) as Node | undefined;
  return lastLeaf(node.items.at(-1));
}

function itemLines(item: Item, { gap, step }: Manner): readonly string[] {
  const lines = blockLines(item, step);
  return lines.map((line, index) =>
    index === 0 ? `-${' '.repeat(gap - 1)}${line}` : pad(line, gap),
  );
}

function blockLines(item: Item, step: number): readonly string[] {
  return Object.entries(item).flatMap(([name, value]) =>
    typeof value === 'object'
      ? [`${name}:`, ...blockLines(value, step).map((line) => pad(line, step))]
      : [`${name}: ${plain(value)}`],
  );
}

function inline(value: Plain, manner: Manner): string {
  if (typeof value !== 'object') return manner.isJson ? JSON.stringify(value) : plain(value);
  const members = Object.entries(value).map(
    ([name, inner]) => `${manner.isJson ? JSON.stringify(name) : name}: ${inline(inner, manner)}`,
  );
  return manner.isJson ? `{${members.join(', ')}}` : `{ ${members.join(', ')} }`;
}

/** Names and paths mean themselves, unless a parser could take them for something else. */
function plain(value: string | boolean): string {
  if (typeof value === 'boolean') return String(value);
  const isWord = /^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return /^[a-z/][-a-z0-9./]*$/.test(value) && !isWord ? value : JSON.stringify(value);
}

function pad(line: string, columns: number): string {
  return `${' '.repeat(columns)}${line}`;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) ? node.range?.[0] : undefined;
}

function endOf(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) ? node.range?.[1] : undefined;
}

/** The offset behind the end of the line that an offset is in. */
function lineEnd(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end + 1;
}

/** The columns before an offset. */
export function columnOf(offset: number, { source }: Pick<Manner, 'source'>): number {
  return offset - (source.lastIndexOf('\n', offset - 1) + 1);
}

/** How a manifest is written, told from one of its lists. */
export function mannerOf(source: string, root: unknown, list: unknown, key: unknown): Manner {
  const first: unknown = isMap(root)
    ? root.items.find(({ value }) => isMap(value) && value.flow !== true)?.value
    : undefined;
  const inner = isMap(first) ? startOf(first.items[0]?.key) : undefined;
  const step = inner === undefined ? 2 : columnOf(inner, { source });
  const at = startOf(key);
  const manner = { source, lineBreak: source.includes('\r\n') ? '\r\n' : '\n', step };
  const isJson = isMap(root) && root.flow === true;
  if (!isSeq(list) || list.flow === true || list.range == null || at === undefined) {
    return { ...manner, dash: step, gap: 2, isJson };
  }
  const item: unknown = list.items[0];
  const within = isMap(item) && item.flow !== true ? startOf(item.items[0]?.key) : undefined;
  return {
    ...manner,
    dash: columnOf(list.range[0], manner) - columnOf(at, manner),
    gap: within === undefined ? 2 : within - list.range[0],
    isJson,
  };
}
