import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { credentialFailure } from './apiFailure.ts';
import type { ExecPlugin, PluginCredential } from './execPlugin.ts';
import type { UserFields } from './kubeconfigFields.ts';
import { oidcOf, type KeepTokens } from './oidc.ts';

/** Who we are to a server, for one request. */
export interface Identity {
  readonly headers: OutgoingHttpHeaders;
  /** A client certificate and its key, PEM, where there is one. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Tells that the server does not accept it; the next identity is asked for anew. */
  readonly refuse: () => void;
}

/** Gives the identity as of now. Throws a `Failure` that names what cannot be had. */
export type Identify = () => Promise<Identity>;

/**
 * Milliseconds after which a file with a token, and one with a certificate or key, is read again. Source:
 * client-go `transport/token_source.go` and `transport/cert_rotation.go`.
 */
const TOKEN_AGE = 60_000;
const CERTIFICATE_AGE = 300_000;

/** The identity of a user of a kubeconfig. The files that it names are read again and again. Throws a `Failure` where the user contradicts itself. */
export function identifierOf(
  user: UserFields,
  { plugin, keep }: { plugin: ExecPlugin | undefined; keep: KeepTokens },
): Identify {
  refuseContradictions(user);
  const fixed = { ...basic(user), ...impersonation(user) };
  // A file with a token counts more than a token.
  const token = new Reread(user.tokenFile, TOKEN_AGE);
  const certificate = pem(user, 'client-certificate');
  const key = pem(user, 'client-key');
  const oidc = oidcOf(user, keep);
  return async () => {
    const bearer = (await token.text())?.trim() ?? user.token ?? (await oidc?.());
    const given = await plugin?.credential(Date.now());
    return {
      headers: { ...authorization(bearer ?? given?.token), ...fixed },
      certificate: (await certificate()) ?? given?.certificate,
      key: (await key()) ?? given?.key,
      refuse: () => {
        token.forget();
        refuseGiven(plugin, given);
      },
    };
  };
}

function refuseGiven(plugin: ExecPlugin | undefined, given: PluginCredential | undefined): void {
  if (given !== undefined) plugin?.refuse(given);
}

function refuseContradictions(user: UserFields): void {
  if (user.username !== undefined && (user.token ?? user.tokenFile) !== undefined) {
    throw credentialFailure('A user of the kubeconfig has both a password and a token.');
  }
  const [certificate, key] = (['client-certificate', 'client-key'] as const).map(
    (name) => user[`${name}-data`] ?? user[name],
  );
  if ((certificate === undefined) !== (key === undefined)) {
    throw credentialFailure(
      'A user of the kubeconfig has a certificate without its key, or a key alone.',
    );
  }
}

/** Gives the PEM of a field: what `-data` holds, else what is in the file. */
function pem(
  user: UserFields,
  field: 'client-certificate' | 'client-key',
): () => Promise<string | undefined> {
  const data = user[`${field}-data`];
  const file = new Reread(data === undefined ? user[field] : undefined, CERTIFICATE_AGE);
  const held = data && Buffer.from(data, 'base64').toString('utf8');
  return async () => held ?? (await file.text());
}

/** A file whose text is read again once it was read so many milliseconds ago; without a file, nothing. */
class Reread {
  readonly #file: string | undefined;
  readonly #age: number;
  #known: { readonly text: string; readonly since: number } | undefined;

  constructor(file: string | undefined, age: number) {
    this.#file = file;
    this.#age = age;
  }

  /** Throws a `Failure` that names the file where it cannot be read. */
  async text(): Promise<string | undefined> {
    if (this.#file === undefined) return undefined;
    if (this.#known === undefined || Date.now() - this.#known.since >= this.#age) {
      this.#known = { text: await fileOf(this.#file), since: Date.now() };
    }
    return this.#known.text;
  }

  forget(): void {
    this.#known = undefined;
  }
}

/** Reads a file that a kubeconfig names. Throws a `Failure` that names it. */
export async function fileOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw credentialFailure(
      `The file ${file}, which the kubeconfig names, cannot be read.`,
      String(error),
    );
  }
}

function authorization(token: string | undefined): OutgoingHttpHeaders {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

function basic({ username, password }: UserFields): OutgoingHttpHeaders {
  if (username === undefined && password === undefined) return {};
  const user = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return { Authorization: `Basic ${user}` };
}

/** Source: client-go `transport/round_trippers.go`, `impersonatingRoundTripper`. */
function impersonation(user: UserFields): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  if (user.as !== undefined) headers['Impersonate-User'] = bytes(user.as);
  if (user['as-uid'] !== undefined) headers['Impersonate-Uid'] = bytes(user['as-uid']);
  if (user['as-groups'] !== undefined) headers['Impersonate-Group'] = user['as-groups'].map(bytes);
  for (const [name, values] of Object.entries(user['as-user-extra'] ?? {})) {
    headers[`Impersonate-Extra-${escaped(name)}`] = values.map(bytes);
  }
  return headers;
}

/** UTF-8 as Node sends it in a header: one character for each byte. */
function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Percent-encodes what may not stand in the name of a header. */
function escaped(name: string): string {
  return bytes(name).replace(
    /[^!#$&'*+.^_`|~0-9A-Za-z-]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
