import { isMap, isScalar, parseAllDocuments } from 'yaml';
import { placeOf } from './text.ts';

/**
 * The line, from 1 on, at which a manifest gives the content of a key of a ConfigMap; nothing where it gives
 * none, or another. `content` is text.
 */
export function lineInManifest(
  manifest: string,
  { key, content }: { readonly key: string; readonly content: string },
): number | undefined {
  const documents = parseAllDocuments(manifest, { prettyErrors: false, logLevel: 'error' });
  for (const document of Array.isArray(documents) ? documents : []) {
    const root: unknown = document.contents;
    if (document.errors.length > 0 || !isMap(root) || root.get('kind') !== 'ConfigMap') continue;
    const data = root.get('data');
    if (!isMap(data)) continue;
    const pair = data.items.find((each) => isScalar(each.key) && each.key.value === key);
    if (!isScalar(pair?.key) || !isScalar(pair.value) || pair.value.value !== content) continue;
    return placeOf(manifest, pair.key.range?.[0] ?? 0).line;
  }
  return undefined;
}
