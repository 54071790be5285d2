import { diff3Merge } from 'node-diff3';
import { parseAllDocuments } from 'yaml';
import { isManifest } from './scaffold.ts';

/** What becomes of a file when a scaffold is to be where something may be already. */
export type FilePlan =
  | { readonly kind: 'create'; readonly text: string }
  /** It holds what it should: the scaffold, or that with changes made by hand. */
  | { readonly kind: 'leave'; readonly text: string }
  /** The scaffold has changed; what was changed by hand is kept. */
  | { readonly kind: 'change'; readonly text: string }
  /**
   * Only the person can say. `collides` is true where both have changed the same lines, and the two texts differ
   * in those alone; else it is not known who wrote the file.
   */
  | {
      readonly kind: 'ask';
      readonly collides: boolean;
      readonly mine: string;
      readonly scaffold: string;
    };

/** The three texts of a file: what is there, what was scaffolded there last, and the scaffold of now. */
export interface FileTexts {
  /** The name of the file, which says whether it has to be YAML. */
  readonly name: string;
  readonly there: string | undefined;
  readonly base: string | undefined;
  readonly scaffold: string;
}

/** Joins a scaffold with what is there. Lines end as they do in the file. */
export function planFile({ name, there, base, scaffold }: FileTexts): FilePlan {
  if (there === undefined) return { kind: 'create', text: scaffold };
  const lines = new Lines(there);
  const mine = lines.plain(there);
  if (mine === scaffold) return { kind: 'leave', text: there };
  const merged = base === undefined ? undefined : merge(mine, lines.plain(base), scaffold);
  if (merged === undefined || (isManifest({ name }) && !areYaml(merged))) {
    return { kind: 'ask', collides: false, mine: there, scaffold: lines.asThere(scaffold) };
  }
  if (merged.mine !== merged.scaffold) {
    const [kept, taken] = [lines.asThere(merged.mine), lines.asThere(merged.scaffold)];
    return { kind: 'ask', collides: true, mine: kept, scaffold: taken };
  }
  if (merged.mine === mine) return { kind: 'leave', text: there };
  return { kind: 'change', text: lines.asThere(merged.mine) };
}

/** How lines end in a file, which may have been checked out on another system. */
class Lines {
  readonly #end: string;

  constructor(text: string) {
    this.#end = /\r?\n/.exec(text)?.[0] ?? '\n';
  }

  plain(text: string): string {
    return text.replaceAll('\r\n', '\n');
  }

  asThere(text: string): string {
    return text.replaceAll('\n', this.#end);
  }
}

/** Both changes of a base together, and where they collide once with each. */
interface Merged {
  readonly mine: string;
  readonly scaffold: string;
}

function merge(mine: string, base: string, scaffold: string): Merged {
  const blocks = diff3Merge(mine.split('\n'), base.split('\n'), scaffold.split('\n'));
  const taking = (side: 'a' | 'b') =>
    blocks.flatMap(({ ok, conflict }) => ok ?? conflict?.[side] ?? []).join('\n');
  return { mine: taking('a'), scaffold: taking('b') };
}

/** False where two changes that are well by themselves are no YAML together. */
function areYaml({ mine, scaffold }: Merged): boolean {
  return [mine, scaffold].every((text) => {
    const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' });
    return !Array.isArray(documents) || documents.every(({ errors }) => errors.length === 0);
  });
}
