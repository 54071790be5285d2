import { Uri } from 'vscode';
import type { KeyAddress } from '../../operations/keys/keyAddress.ts';
import { SCHEMES } from '../contributions.ts';

/** The cache that a key belongs to: one object, not whatever has its name. */
export type CacheAddress = Omit<KeyAddress, 'key'>;

/**
 * The file of a key. Names of contexts may hold any character, slashes too. The context stands in the path,
 * so that VS Code tells apart by it the tabs of two keys of the same name.
 */
export function uriOf({ ref, uid, key }: KeyAddress): Uri {
  const { context, namespace, name } = ref;
  const path = `/${encodeURIComponent(context)}/${namespace}/${name}/${key}`;
  return Uri.from({ scheme: SCHEMES.key, authority: uid, path });
}

/** What a file of ours stands for: without a key, the folder of a cache. */
export interface Address extends CacheAddress {
  readonly key: string | undefined;
}

/** The key of a file, or the cache of a folder; nothing for the folders above. */
export function addressOf({ authority, path }: Uri): Address | undefined {
  const [, context = '', namespace, name, key, more] = path.split('/');
  if (namespace === undefined || name === undefined || more !== undefined) return undefined;
  const ref = { context: decodeURIComponent(context), namespace, name };
  return { ref, uid: authority, key };
}

/** The key of a file of ours; nothing for anything else. */
export function keyOf(uri: Uri): KeyAddress | undefined {
  const address = uri.scheme === SCHEMES.key ? addressOf(uri) : undefined;
  return address?.key === undefined ? undefined : { ...address, key: address.key };
}
