import type { Format } from '../../content/content.ts';
import { shellWord } from '../../shellWord.ts';

/** What a reader looks up. */
export interface LookUp {
  readonly key: string;
  readonly format: Format;
  /** Names of objects that only wrap the entries, from the outside in. */
  readonly wrappers: readonly string[];
}

/** True for a format of which a shell can look up single entries; of others it reads all. */
export function hasEntries({ format }: LookUp): boolean {
  return format === 'JSON' || format === 'properties';
}

/**
 * A command of POSIX sh that prints the entry that `NAME` in the environment names, and fails where there is none.
 * What has no entries is printed whole; YAML too, which no shell can read, and for which few images have a program. It
 * fails where there is nothing. The name is never a part of a program or a pattern.
 */
export function lookUpCommand({ key, format, wrappers }: LookUp, folder: string): string {
  const file = shellWord(`${folder}/${key}`);
  switch (format) {
    case 'JSON': {
      const path = wrappers.map((name) => `[${jqText(name)}]`).join('');
      // An empty file is no input, which is an error only to `input`.
      const program = `input | .${path}[$name] | if . == null then error("no entry " + $name) else tostring end`;
      return `jq --null-input --raw-output --arg name "$NAME" ${shellWord(program)} ${file}`;
    }
    case 'properties':
      return `awk '{ at = index($0, "=") } at > 0 && substr($0, 1, at - 1) == ENVIRON["NAME"] { print substr($0, at + 1); found = 1; exit } END { exit !found }' ${file}`;
    case 'YAML':
    case 'text':
    case 'binary':
      return `test -s ${file} && cat ${file}`;
  }
}

/**
 * A text of jq in which nobody replaces anything before jq reads it: the kubelet replaces `$(NAME)` and `$$` in
 * commands, and Argo `{{...}}` in scripts.
 */
function jqText(text: string): string {
  return JSON.stringify(text)
    .replace(/\$(?=[$(])/g, '\\u0024')
    .replaceAll('{{', '{\\u007b');
}
