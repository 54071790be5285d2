import { BEGINNING } from './script/beginning.ts';
import { CHECK } from './script/check.ts';
import { FETCH } from './script/fetch.ts';
import { WRITE } from './script/write.ts';

/**
 * The script that refreshes one key of a cache where nobody looks on. It is the same whatever was typed: values
 * arrive through `env`, so that no name, URL or header can become code. POSIX sh, for BusyBox ash, dash and bash.
 * The kubelet replaces `$(NAME)` and `$$` in it: it has no `$$`, and functions of it are not named as variables are.
 * Argo replaces `{{...}}`: it has none.
 */
export const REFRESH_SCRIPT = BEGINNING + FETCH + CHECK + WRITE;
