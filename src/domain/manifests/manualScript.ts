import { FIELD_MANAGER } from '../owners.ts';
import { shellWord } from '../shellWord.ts';
import { refreshJobName } from './jobNames.ts';
import { REFRESH_IMAGE, type Refresh } from './refreshJob.ts';
import { valuesOf } from './refreshPod.ts';
import type { ManifestFile } from './scaffold.ts';
import { SETUP } from './script/beginning.ts';
import { CHECK } from './script/check.ts';
import { FETCH } from './script/fetch.ts';
import { LOOK, PATCH } from './script/person.ts';
import { BODY } from './script/write.ts';

/** What a refresh by hand is made of. */
export interface ManualRefresh extends Omit<Refresh, 'header' | 'image' | 'conditional'> {
  /** The context that kubectl is told, whatever the current one is. */
  readonly context: string;
  /** The URL of the API server that is meant; absent where the context names none. */
  readonly server: string | undefined;
  /** A list of files as in `KUBECONFIG`; absent where kubectl reads the same ones by itself. */
  readonly kubeconfig: string | undefined;
}

/** What is not written into the script but given when it is run. */
const GIVEN: readonly string[] = ['SECRET', 'SOURCE_HEADER'];

/** Of these values none can be code, whatever was typed. The rest of the script is constant. */
const HEAD = `#!/bin/sh
# A refresh by hand: it asks before it writes content or restarts readers; --yes does both without a question. Where
# nothing is new, it notes without a question when that was seen.
# Where the source asks who you are, SOURCE_HEADER names a file with one header, such as Authorization: Bearer ...
`;

/**
 * The script that refreshes one key of a cache when a person runs it, with the person's own kubectl: it fetches and
 * checks as the script of refresh jobs does, and writes on the version that it read.
 */
export function manualScript(refresh: ManualRefresh): ManifestFile {
  const { cache, key, context, server = '', kubeconfig } = refresh;
  const values = valuesOf({
    ...refresh,
    header: undefined,
    image: REFRESH_IMAGE,
  });
  const told = {
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    CONTEXT: context,
    SERVER: server,
    ...values,
    FIELD_MANAGER,
    TERMINATION_LOG: '/dev/null',
  };
  const lines = Object.entries(told).flatMap(([name, value]) =>
    GIVEN.includes(name) ? [] : [`export ${name}=${shellWord(value)}\n`],
  );
  const given = [
    'export SOURCE_HEADER="${SOURCE_HEADER-}"',
    'export SECRET="$SOURCE_HEADER"',
    'export ROLLOUT_TIMEOUT="${ROLLOUT_TIMEOUT-10m}"',
  ];
  return {
    name: `${refreshJobName(cache.name, key)}.sh`,
    text: `${HEAD}${lines.join('')}${given.join('\n')}\n\n${SETUP}${LOOK}${FETCH}${CHECK}${BODY}${PATCH}`,
  };
}
