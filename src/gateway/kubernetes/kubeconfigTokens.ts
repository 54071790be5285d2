import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isMap, parseDocument, type YAMLMap } from 'yaml';
import type { OidcTokens } from './oidc.ts';

/**
 * Writes renewed tokens of a user into a kubeconfig and leaves all else as it is. Throws where the file
 * cannot be written, is being written by another program, or has no such user any more. Source: client-go
 * `ModifyConfig`, and `lockFile` beside it.
 */
export async function writeTokens(file: string, user: string, tokens: OidcTokens): Promise<void> {
  const target = await realpath(file);
  const lock = `${target}.lock`;
  await (await open(lock, 'wx')).close();
  try {
    const text = withTokens(await readFile(target, 'utf8'), user, tokens);
    const fresh = `${target}.new`;
    await writeFile(fresh, text, { mode: (await stat(target)).mode });
    await rename(fresh, target);
  } finally {
    await rm(lock);
  }
}

function withTokens(text: string, user: string, tokens: OidcTokens): string {
  const document = parseDocument(text, { version: '1.1' });
  const users = document.get('users') as { items?: readonly YAMLMap[] } | undefined;
  const index = users?.items?.findIndex((each) => isMap(each) && each.get('name') === user) ?? -1;
  const place = ['users', index, 'user', 'auth-provider', 'config'];
  if (index < 0 || !isMap(document.getIn(place))) throw new Error(`it has no user ${user}`);
  for (const [name, token] of Object.entries(tokens)) document.setIn([...place, name], token);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
