import assert from 'node:assert/strict';
import type { ControlPlane } from '../cluster/controlPlane.ts';
import { chance } from '../fakes/chance.ts';
import { windowOn } from './window.ts';

const never = new AbortController().signal;

/** What texts and other bytes are made of that other tools trip over. */
const PIECES: readonly Uint8Array[] = [
  ...[
    'ü',
    '漢字',
    '👩‍👩‍👧',
    'e\u0301',
    '\u202e',
    '\u2028',
    '\r\n',
    '\n',
    '\r',
    '\t',
    '\0',
    '\ufeff',
    ' ',
  ],
  ...[
    '{"a": 1}',
    '- x: y\n',
    'k=v\n',
    '"',
    '\\',
    '${x}',
    '{{x}}',
    '%',
    '\u007f',
    '\u0085',
    '\ufffd',
  ],
].map((text) => Buffer.from(text));

/** Bytes that are no UTF-8: halves of surrogates, what is cut off, too long, or none at all. */
const NO_TEXT: readonly Uint8Array[] = [
  [0xed, 0xa0, 0x80],
  [0xed, 0xb0, 0x80],
  [0xff, 0xfe],
  [0xc0, 0x80],
  [0xe2, 0x82],
  [0x1f, 0x8b, 0x08, 0x00],
].map((bytes) => Uint8Array.from(bytes));

/** A part of something, by where it begins and ends. */
type Cut = readonly [from: number, to: number];

/** Where a person puts something in place of something: often of all, else odd bytes would stay for good. */
function cutOf(length: number, next: (limit: number) => number): Cut {
  const from = next(4) === 0 ? 0 : next(length + 1);
  return [from, from === 0 ? length : Math.min(length, from + next(12))];
}

/** Bytes after an edit at any byte, so that letters are cut, too. */
function editedBytes(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const pieces = next(3) === 0 ? NO_TEXT : PIECES;
  const put = Array.from(
    { length: next(4) },
    () => pieces[next(pieces.length)] ?? new Uint8Array(),
  );
  const [from, to] = cutOf(bytes.length, next);
  return Buffer.concat([bytes.subarray(0, from), ...put, bytes.subarray(to)]);
}

/** The same as an editor of text does it: halves of surrogates leave it as U+FFFD. */
function editedText(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const text = Buffer.from(bytes).toString();
  const put = Array.from({ length: next(4) }, () => PIECES[next(PIECES.length)] ?? '').join('');
  const long = next(40) === 0 ? 'long'.repeat(next(800)) : '';
  const [from, to] = cutOf(text.length, next);
  return Buffer.from(text.slice(0, from) + put + long + text.slice(to));
}

const KEYS = ['notes.txt', 'map.json', 'list.yaml', 'app.properties', 'data.bin', 'no-ending'];

/** Keys that are text all the time; the others are kept as binary from their first odd byte on. */
const TEXTS: ReadonlySet<string> = new Set(KEYS.slice(0, 4));

/**
 * Saves a key so many times, each time with other bytes, as an editor does; after each the server has to
 * give back these bytes, and every hundredth time kubectl all keys. Gives how many were text and how many not.
 */
export async function editBytes(
  plane: ControlPlane,
  { edits, seed }: { readonly edits: number; readonly seed: number },
): Promise<{ readonly text: number; readonly binary: number }> {
  const next = chance(seed);
  const { cluster, openKeys, changes } = await windowOn(plane);
  const ref = { context: 'demo', namespace: 'default', name: `bytes-${seed}` };
  await plane.kubectl([
    'create',
    'configmap',
    ref.name,
    ...KEYS.map((key) => `--from-literal=${key}=`),
  ]);
  const uid = (await cluster.readCache(ref, never))?.uid ?? '';
  const wanted = new Map<string, Uint8Array>(KEYS.map((key) => [key, new Uint8Array()]));
  const count = { text: 0, binary: 0 };
  for (let edit = 1; edit <= edits;) {
    const key = KEYS[next(KEYS.length)] ?? '';
    const before = wanted.get(key) ?? new Uint8Array();
    const bytes = (TEXTS.has(key) ? editedText : editedBytes)(before, next);
    if (Buffer.compare(before, bytes) === 0) continue;
    const address = { ref, uid, key };
    assert.ok(Buffer.compare(await openKeys.read(address, never), before) === 0, `edit ${edit}`);
    const { plan, seen } = await openKeys.planSave(address, bytes, never);
    assert.ok(seen);
    const outcome = await changes.apply(plan, never);
    assert.ok(outcome.kind === 'written');
    openKeys.saved(address, outcome.cache);
    wanted.set(key, bytes);
    const found = (await cluster.readCache(ref, never))?.values.get(key);
    assert.ok(found !== undefined && Buffer.compare(found.bytes, bytes) === 0, `edit ${edit}`);
    count[found.kind]++;
    if (edit % 100 === 0 || edit === edits)
      assert.deepEqual(await storedBy(plane, ref.name), hex(wanted));
    edit++;
  }
  openKeys.reset();
  cluster.reset();
  return count;
}

/** Every key as kubectl gives it, in hexadecimal. */
async function storedBy({ kubectl }: ControlPlane, name: string) {
  const { data = {}, binaryData = {} } = JSON.parse(
    await kubectl(['get', 'configmap', name, '-o', 'json']),
  ) as Readonly<Record<'data' | 'binaryData', Readonly<Record<string, string>> | undefined>>;
  return hex(
    new Map([
      ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const),
      ...Object.entries(binaryData).map(
        ([key, text]) => [key, Buffer.from(text, 'base64')] as const,
      ),
    ]),
  );
}

function hex(values: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...values].map(([key, bytes]) => [key, Buffer.from(bytes).toString('hex')] as const).sort(),
  );
}
