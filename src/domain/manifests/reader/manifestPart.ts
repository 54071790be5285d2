import { LineCounter, parseDocument, isMap, visit, type Document } from 'yaml';

/** One document of a file. */
export interface ManifestPart {
  /** Where it begins in the file. */
  readonly start: number;
  readonly source: string;
  readonly document: Document;
}

/** A sentence that says why a file is left as it is. */
export interface Refused {
  readonly kind: 'refused';
  readonly because: string;
}

/** Where one document ends and the next begins, wherever it stands. */
const MARK = /^---(?=\s|$)/gm;

/** What Helm puts where YAML has a value, and names that only Helm knows. */
const HELM = /\{\{-?\s*(\.|\$|(if|else|end|range|with|define|include|template|block|toYaml|tpl)\b)/;

/** The document of a file in which an offset is. */
export function partAt(text: string, offset: number): ManifestPart | Refused {
  const marks = [0, ...[...text.matchAll(MARK)].map(({ index }) => index), text.length];
  const lineEnd = text.indexOf('\n', offset);
  const place = lineEnd < 0 ? text.length : lineEnd;
  const next = marks.findIndex(
    (mark, index) => index > 0 && (mark > place || mark === text.length),
  );
  const start = marks[next - 1] ?? 0;
  const source = text.slice(start, marks[next]);
  const counter = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: counter,
    merge: true,
    prettyErrors: false,
  });
  if (isTemplate(source, document)) {
    return refused(
      'This is a template of Helm: what it makes is known only to Helm. Change it by hand, or its output.',
    );
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const before = text.slice(0, start).split('\n').length - 1;
    const { line } = counter.linePos(error.pos[0]);
    return refused(`Line ${before + line} is no YAML: ${error.message.replace(/\.?\s*$/, '')}.`);
  }
  if (!isMap(document.contents)) return refused('There is no manifest where the cursor is.');
  return { start, source, document };
}

function isTemplate(source: string, document: Document): boolean {
  if (HELM.test(source)) return true;
  if (!source.includes('{{')) return false;
  if (document.errors.length > 0) return true;
  let found = false;
  visit(document, {
    Map(_key, node) {
      if (node.flow === true && source.startsWith('{{', node.range?.[0])) found = true;
    },
  });
  return found;
}

/** Says why a file is left as it is. */
export function refused(because: string): Refused {
  return { kind: 'refused', because };
}
