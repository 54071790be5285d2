import { credentialsWanted, Failure, sourceFailure, sourceTooLarge } from '../domain/failure.ts';
import { printSource, type SourceContent } from '../domain/source.ts';
import type { CredentialStore, ReadProgress, SourceReader } from '../operations/ports.ts';

/** A source that is fetched. */
interface UrlSource {
  readonly kind: 'url';
  readonly url: string;
}

const MAX_REDIRECTS = 5;

/** What went wrong below HTTP, by the code that Node gives the cause. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has a host name that is not known',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke the connection',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer in time',
  UND_ERR_SOCKET: 'broke the connection before everything had come',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that nobody vouches for',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that nobody vouches for',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that nobody vouches for',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate that nobody vouches for',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host',
};

/**
 * Fetches URLs whole. Credentials go to the origin they were given for and to no other, whatever
 * redirects say. `fetch` is the host's: in VS Code it follows the editor's proxy settings.
 */
export class HttpSource implements SourceReader<UrlSource> {
  readonly #credentials: CredentialStore;
  readonly #timeLimit: number;

  /** `timeLimit` is in milliseconds, for one read from its beginning to its last byte. */
  constructor(credentials: CredentialStore, timeLimit: number) {
    this.#credentials = credentials;
    this.#timeLimit = timeLimit;
  }

  readonly read: SourceReader<UrlSource>['read'] = async (source, limits, signal) => {
    const printed = printSource(source);
    const deadline = AbortSignal.timeout(this.#timeLimit);
    const either = AbortSignal.any([signal, deadline]);
    try {
      const response = await this.#follow(source, either);
      return await readBody(response, { ...limits, printed });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      if (deadline.aborted) {
        throw sourceFailure(printed, `took longer than ${this.#timeLimit / 1000} seconds`);
      }
      throw sourceFailure(printed, causeOf(error), String(error));
    }
  };

  async #follow(source: UrlSource, signal: AbortSignal): Promise<Response> {
    let url = new URL(source.url);
    for (let redirects = 0; ; redirects++) {
      const headers = await this.#headersFor(url);
      const response = await fetch(withoutUser(url), { headers, redirect: 'manual', signal });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        await refuseOthersThanData(response, url);
        return response;
      }
      await response.body?.cancel();
      if (redirects === MAX_REDIRECTS) {
        throw sourceFailure(printSource(source), `redirects more than ${MAX_REDIRECTS} times`);
      }
      url = redirected(location, url);
    }
  }

  /** The headers that the person gave for this origin, or what the URL itself carries. */
  async #headersFor(url: URL): Promise<Record<string, string>> {
    const stored = await this.#credentials.headers(url.origin);
    if (url.username === '') return { ...stored };
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { Authorization: `Basic ${Buffer.from(user).toString('base64')}`, ...stored };
  }
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function redirected(location: string, from: URL): URL {
  const printed = printSource({ kind: 'url', url: from.href });
  if (!URL.canParse(location, from.href))
    throw sourceFailure(printed, 'redirects to something that is no URL');
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw sourceFailure(printed, `redirects to ${to.protocol}, which is not fetched`);
  }
  return to;
}

/** Throws for every answer that carries no data, and for one that carries a part of it. */
async function refuseOthersThanData(response: Response, url: URL): Promise<void> {
  if (response.status === 200 || response.status === 203) return;
  await response.body?.cancel();
  const printed = printSource({ kind: 'url', url: url.href });
  if (response.status === 401 || response.status === 403) {
    throw credentialsWanted(printed, url.origin, response.status);
  }
  throw sourceFailure(printed, `answered ${`${response.status} ${response.statusText}`.trim()}`);
}

async function readBody(
  response: Response,
  { maxBytes, progress, printed }: { maxBytes: number; progress?: ReadProgress; printed: string },
): Promise<SourceContent> {
  const chunks: Uint8Array[] = [];
  const total = Number(response.headers.get('content-length') ?? Number.NaN);
  let size = 0;
  const body = (response.body ?? []) as Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw sourceTooLarge(printed, maxBytes);
    chunks.push(chunk);
    progress?.(size, Number.isNaN(total) ? undefined : total);
  }
  const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  const bytes = new Uint8Array(Buffer.concat(chunks));
  return mediaType === undefined ? { bytes } : { bytes, mediaType };
}

function causeOf(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error) {
    if ('code' in cause && typeof cause.code === 'string') {
      const words = CAUSES[cause.code];
      if (words !== undefined) return words;
    }
    cause = cause.cause;
  }
  return 'could not be fetched whole';
}
