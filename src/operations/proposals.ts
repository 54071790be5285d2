import type { CachePlan, KeyPlan, NewContent } from '../domain/plan/cachePlan.ts';
import { gzippedKey, minifyJson, type Proposal } from '../domain/plan/proposals.ts';
import { asText } from '../domain/text.ts';

/** What would help a plan that is too large: only what makes it smaller, the mildest first. */
export async function proposalsFor(plan: CachePlan): Promise<readonly Proposal[]> {
  const minified = plan.keys.map(minifiedKey);
  const gzipped = await Promise.all(plan.keys.map(gzippedKeys));
  const proposals = [proposal(plan, 'minify', minified), proposal(plan, 'gzip', gzipped)];
  return proposals.filter(({ saved }) => saved > 0);
}

/** A key in another form, and how many bytes that saves. */
interface Smaller {
  readonly contents: readonly NewContent[];
  readonly saved: number;
}

function proposal(plan: CachePlan, kind: Proposal['kind'], keys: readonly Smaller[]): Proposal {
  const saved = keys.reduce((sum, key) => sum + key.saved, 0);
  const contents = keys.flatMap((key) => key.contents);
  return { kind, contents, total: plan.bytesAfter - saved, saved };
}

function asItIs({ key, source, after }: KeyPlan): Smaller {
  const content = after && { bytes: after.bytes };
  return { contents: [{ key, source, content, ...(after && { stored: after.kind }) }], saved: 0 };
}

function minifiedKey(plan: KeyPlan): Smaller {
  const { key, source, after, format, verdicts } = plan;
  const text = after === undefined ? undefined : asText(after.bytes);
  const isReadable = verdicts.every(({ kind }) => kind !== 'unreadable');
  if (after === undefined || text === undefined || format !== 'JSON' || !isReadable) {
    return asItIs(plan);
  }
  const bytes = new TextEncoder().encode(minifyJson(text));
  return {
    contents: [{ key, source, content: { bytes }, stored: after.kind }],
    saved: after.bytes.length - bytes.length,
  };
}

/** Under the old name nothing is left: both together would not be smaller. */
async function gzippedKeys(plan: KeyPlan): Promise<Smaller> {
  const { key, source, before, after } = plan;
  if (after === undefined) return asItIs(plan);
  const bytes = await gzip(after.bytes);
  if (bytes.length >= after.bytes.length) return asItIs(plan);
  const packed: NewContent = { key: gzippedKey(key), source, content: { bytes }, stored: 'binary' };
  const old: NewContent = { key, source, content: undefined };
  return {
    contents: before === undefined ? [packed] : [packed, old],
    saved: after.bytes.length - bytes.length,
  };
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([new Uint8Array(bytes)])
    .stream()
    .pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
