import { FIELD_MANAGER } from './owners.ts';
import type { CacheRef } from './ref.ts';
import { shellWord } from './shellWord.ts';

/** A write of a ConfigMap, for kubectl to send. */
export interface KubectlWrite {
  readonly ref: CacheRef;
  /** A merge patch of a ConfigMap that is there, or a whole new one. */
  readonly kind: 'patch' | 'create';
  readonly body: object;
  /** A list of files as in `KUBECONFIG`; absent where kubectl reads the same ones by itself. */
  readonly kubeconfig: string | undefined;
}

/** Ends what kubectl reads. No line of JSON is this. */
const END = 'JSON';

/**
 * Signs that a terminal may act upon, or that are not to be seen, or that turn others around: what is pasted is
 * what is looked at. JSON itself escapes those before the space.
 */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A write as a command of POSIX sh. What is written stands in a here-document that the shell takes as it is: so
 * nothing in it can be taken for code, it may be as large as a ConfigMap, and it is in no list of processes.
 */
export function kubectlCommand({ ref, kind, body, kubeconfig }: KubectlWrite): string {
  const files = kubeconfig === undefined ? '' : `KUBECONFIG=${shellWord(kubeconfig)} `;
  const place = `--context=${shellWord(ref.context)} --namespace=${shellWord(ref.namespace)}`;
  const manager = `--field-manager=${FIELD_MANAGER}`;
  const deed =
    kind === 'patch'
      ? `patch configmap ${shellWord(ref.name)} --type=merge ${manager} --patch-file=/dev/stdin`
      : `create ${manager} --filename=-`;
  const json = JSON.stringify(body, null, 2).replace(UNSEEN, escaped);
  return `${files}kubectl ${place} ${deed} <<'${END}'\n${json}\n${END}\n`;
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
