import { Document, isScalar, visit, type Scalar } from 'yaml';

/** Words behind a value, for the person who reads the file. The path leads to a text, number or truth value. */
export interface Comment {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Words that YAML 1.1 takes as truth values or as nothing, where 1.2 has texts. Source: yaml.org/type/bool. */
const WORDS = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Begins with a letter or slash, and has no sign that means anything: no parser takes it as anything else. */
const PLAIN = /^[A-Za-z/]([A-Za-z0-9 ._/@+-]|:(?=[A-Za-z0-9/]))*(?<! )$/;

/** Signs that are line breaks to YAML 1.1, or that are not to be seen. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** Lines that a literal block gives back as they are: nothing unseen, no space at the beginning, one break at the end. */
const BLOCK = /^[^\s\0-\x1f][^\0-\x08\x0b-\x1f\ud800-\udfff]*[^\s]\n$/;

/**
 * An object as YAML, its members in the order that they have. Texts are written so that parsers of YAML 1.1 and
 * of 1.2 read the same text: in quotes where it could be anything else.
 */
export function yamlText(object: object, comments: readonly Comment[] = []): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string') node.type = styleOf(node.value);
    },
  });
  for (const { path, text } of comments) {
    const node = document.getIn(path, true);
    // A line that ended here would be no comment.
    if (isScalar(node)) node.comment = ` ${text.replace(UNSEEN, ' ').replace(/[\0-\x1f]/g, ' ')}`;
  }
  // Signs that are not to be seen are in quotes.
  return document.toString({ lineWidth: 0 }).replace(UNSEEN, escaped);
}

function styleOf(text: string): NonNullable<Scalar['type']> {
  if (PLAIN.test(text) && !WORDS.test(text)) return 'PLAIN';
  return BLOCK.test(text) && text.search(UNSEEN) < 0 ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
