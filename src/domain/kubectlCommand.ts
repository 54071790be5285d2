import { FIELD_MANAGER } from './owners.ts';
import type { NamespaceRef } from './ref.ts';
import { shellWord } from './shellWord.ts';

/** A write of an object, for kubectl to send. */
export interface KubectlWrite {
  /** The namespace of the object. */
  readonly where: NamespaceRef;
  readonly deed: KubectlDeed;
  readonly body: object;
  /** A list of files as in `KUBECONFIG`; absent where kubectl reads the same ones by itself. */
  readonly kubeconfig: string | undefined;
}

/**
 * What kubectl does with what it is given: it is a merge patch of a ConfigMap that is there, or a new object, or one
 * that is applied by the server.
 */
export type KubectlDeed =
  | { readonly kind: 'patch'; readonly name: string }
  | { readonly kind: 'create' }
  | { readonly kind: 'apply'; readonly takesOver: boolean };

/** Ends what kubectl reads. No line of JSON is this. */
const END = 'JSON';

/**
 * Signs that a terminal may act upon, or that are not to be seen, or that turn others around: what is pasted is
 * what is looked at. JSON itself escapes those before the space.
 */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Writes as a command of POSIX sh, which stops at the first that fails. What is written stands in here-documents that
 * the shell takes as they are: so nothing in them can be taken for code, they may be as large as a ConfigMap, and are
 * in no list of processes.
 */
export function kubectlCommand(writes: readonly KubectlWrite[]): string {
  const last = writes.length - 1;
  const commands = writes.map((write, index) => {
    const json = JSON.stringify(write.body, null, 2).replace(UNSEEN, escaped);
    return `${lineOf(write)} <<'${END}'${index === last ? '' : ' &&'}\n${json}\n${END}\n`;
  });
  return commands.join('');
}

function lineOf({ where, deed, kubeconfig }: KubectlWrite): string {
  const files = kubeconfig === undefined ? '' : `KUBECONFIG=${shellWord(kubeconfig)} `;
  const place = `--context=${shellWord(where.context)} --namespace=${shellWord(where.namespace)}`;
  return `${files}kubectl ${place} ${argumentsOf(deed)}`;
}

function argumentsOf(deed: KubectlDeed): string {
  const manager = `--field-manager=${FIELD_MANAGER}`;
  switch (deed.kind) {
    case 'patch':
      return `patch configmap ${shellWord(deed.name)} --type=merge ${manager} --patch-file=/dev/stdin`;
    case 'create':
      return `create ${manager} --filename=-`;
    case 'apply':
      return `apply --server-side ${manager}${deed.takesOver ? ' --force-conflicts' : ''} --filename=-`;
  }
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
