import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as ask } from 'node:https';
import { buffer } from 'node:stream/consumers';
import {
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  None,
  refreshTokenGrant,
  type ClientAuth,
  type CustomFetchOptions,
} from 'openid-client';
import { credentialFailure } from './apiFailure.ts';
import type { UserFields } from './kubeconfigFields.ts';

/** Tokens as a kubeconfig keeps them. */
export interface OidcTokens {
  readonly 'id-token': string;
  readonly 'refresh-token': string;
}

/** Keeps renewed tokens in the kubeconfig: a provider may accept a refresh token only once, and kubectl needs the new one. */
export type KeepTokens = (tokens: OidcTokens) => Promise<void>;

type Provider = Readonly<Record<string, string | undefined>>;

/** Milliseconds before its end at which a token is not used any more. Source: client-go `oidc.go`, `expiryDelta`. */
const SAFETY = 10_000;

/**
 * Gives the token of the `oidc` provider, the only one that client-go still has; renews it where it has
 * expired, once for all who ask meanwhile. Nothing where the user has no provider.
 */
export function oidcOf(user: UserFields, keep: KeepTokens): (() => Promise<string>) | undefined {
  const provider = user['auth-provider'];
  if (provider === undefined) return undefined;
  const { name = '', config = {} } = provider;
  let known: Provider = config;
  let renewing: Promise<string> | undefined;
  const renewed = async () => {
    const tokens = await renew(known);
    known = { ...known, ...tokens };
    await keep(tokens);
    return tokens['id-token'];
  };
  return async () => {
    if (name !== 'oidc') {
      throw credentialFailure(
        `The auth provider ${name} is no longer part of Kubernetes; use a credential plugin.`,
      );
    }
    const token = known['id-token'];
    if (token !== undefined && expiryOf(token) > Date.now() + SAFETY) return token;
    renewing ??= renewed().finally(() => (renewing = undefined));
    return await renewing;
  };
}

/** Milliseconds since the epoch at which a JWT ends. */
function expiryOf(token: string): number {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: unknown };
    return typeof exp === 'number' ? exp * 1000 : 0;
  } catch {
    throw credentialFailure('The OIDC token in the kubeconfig cannot be read.');
  }
}

async function renew(provider: Provider): Promise<OidcTokens> {
  const { 'refresh-token': refreshToken, 'idp-issuer-url': issuer } = provider;
  const { 'client-id': clientId, 'client-secret': secret } = provider;
  if (refreshToken === undefined || issuer === undefined || clientId === undefined) {
    throw credentialFailure(
      'The OIDC token in the kubeconfig has expired, and nothing in it can renew it. Log in once more.',
    );
  }
  try {
    const server = await discovery(
      new URL(issuer),
      clientId,
      undefined,
      authentication(secret),
      await fetching(provider),
    );
    const given = await refreshTokenGrant(server, refreshToken);
    if (given.id_token === undefined) throw new Error('its answer holds no id_token');
    return { 'id-token': given.id_token, 'refresh-token': given.refresh_token ?? refreshToken };
  } catch (error) {
    throw credentialFailure(
      `The OIDC provider ${issuer} did not renew the token. Log in once more.`,
      String(error),
    );
  }
}

/** As the provider says that it wants it; client-go finds that out by trying. */
function authentication(secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  return (server, ...more) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const made = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
    made(secret)(server, ...more);
  };
}

/** A provider with an authority of its own; `fetch` takes none. */
async function fetching(provider: Provider) {
  const data = provider['idp-certificate-authority-data'];
  const file = provider['idp-certificate-authority'];
  if ((data ?? file) === undefined) return {};
  const ca = data === undefined ? await readFile(file ?? '') : Buffer.from(data, 'base64');
  return {
    [customFetch]: async (url: string, { method, headers, body }: CustomFetchOptions) => {
      const sent = ask(url, { ca, method, headers });
      sent.end(Buffer.from(await new Response(body).arrayBuffer()));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const type = answer.headers['content-type'] ?? 'application/json';
      const head = { status: answer.statusCode ?? 500, headers: { 'content-type': type } };
      return new Response(await buffer(answer), head);
    },
  };
}
