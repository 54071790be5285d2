import type { Format } from '../../content/content.ts';
import { shellWord } from '../../shellWord.ts';

/** What a reader looks up. */
export interface LookUp {
  readonly key: string;
  readonly format: Format;
  /** Names of objects that only wrap the entries, from the outside in. */
  readonly wrappers: readonly string[];
  readonly by: LookUpBy;
}

/**
 * By what an entry is found: by its name in an object or in lines of `key=value`; in a list as an element itself, or as
 * the element in which a member holds the name; by nothing where no entry has a name that a shell can look up.
 */
export type LookUpBy = 'name' | 'element' | { readonly member: string } | 'nothing';

/**
 * A command of POSIX sh that prints the entry that `NAME` in the environment names, and fails where there is none.
 * What has no entries to look up is printed whole; YAML too, which no shell can read, and for which few images have a
 * program. It fails where there is nothing. The name is never a part of a program or a pattern.
 */
export function lookUpCommand(look: LookUp, folder: string): string {
  const file = shellWord(`${folder}/${look.key}`);
  if (look.by === 'nothing') return `test -s ${file} && cat ${file}`;
  if (look.format === 'properties') return `tr '\\r' '\\n' < ${file} | awk '${AWK}'`;
  return `jq --null-input --raw-output --arg name "$NAME" ${shellWord(jqProgram(look))} ${file}`;
}

/** An entry that is null is there. An empty file is no input, which is an error only to `input`. */
function jqProgram({ wrappers, by }: LookUp): string {
  const path = wrappers.map((name) => `[${jqText(name)}]`).join('');
  const missing = 'error("no entry " + $name)';
  if (by === 'name') {
    return `input | .${path} | if type == "object" and has($name) then .[$name] | tostring else ${missing} end`;
  }
  const isIt =
    typeof by === 'object'
      ? `objects | select(has(${jqText(by.member)}) and (.[${jqText(by.member)}] | tostring) == $name)`
      : 'select(tostring == $name)';
  return `input | [.${path} | arrays[] | ${isIt}] | if length > 0 then .[0] | tostring else ${missing} end`;
}

/**
 * Reads lines as Java's properties are read, as far as caches have them: blanks around name and value, `=` or else `:`,
 * comments, and the last of two lines with one name. A byte order mark at the beginning is passed over.
 */
const AWK = `
NR == 1 { sub(/^\\357\\273\\277/, "") }
{ gsub(/^[ \\t\\f\\v]+|[ \\t\\f\\v]+$/, "") }
/^[#!]/ || $0 == "" { next }
{
  at = index($0, "="); if (at == 0) at = index($0, ":")
  name = at ? substr($0, 1, at - 1) : $0
  sub(/[ \\t\\f\\v]+$/, "", name)
  if (name "" != ENVIRON["NAME"]) next
  value = at ? substr($0, at + 1) : ""
  sub(/^[ \\t\\f\\v]+/, "", value)
  found = 1
}
END { if (found) print value; exit !found }
`;

/**
 * A text of jq in which nobody replaces anything before jq reads it: the kubelet replaces `$(NAME)` and `$$` in
 * commands, and Argo `{{...}}` in scripts.
 */
function jqText(text: string): string {
  return JSON.stringify(text)
    .replace(/\$(?=[$(])/g, '\\u0024')
    .replaceAll('{{', '{\\u007b');
}
