import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as secure, type TLSSocket } from 'node:tls';
import type { Access } from './access.ts';
import { BrokenConnection } from './answer.ts';
import type { Identity } from './identity.ts';
import { agentThrough } from './proxies.ts';
import { orAborted } from './waiting.ts';
import { CONNECT_TIME } from './wire.ts';

/**
 * Opens a secure connection to an API server, through its proxy where it has one, and agrees with it on
 * HTTP/2 or HTTP/1.1. Throws `BrokenConnection` where that cannot be done in time.
 */
export async function dial(access: Access, identity: Identity): Promise<TLSSocket> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error('no connection in time'));
  }, CONNECT_TIME);
  try {
    return await secured(access, identity, late.signal);
  } catch (error) {
    throw new BrokenConnection(error, false);
  } finally {
    clearTimeout(timer);
  }
}

async function secured(
  { server, proxy, tls }: Access,
  { certificate, key }: Identity,
  late: AbortSignal,
): Promise<TLSSocket> {
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const place: Place = { host, port: Number(server.port === '' ? 443 : server.port) };
  // Only once there is somebody: making ready for TLS costs more than all the rest.
  const line = await (proxy === undefined
    ? lineTo(place, late)
    : tunnelTo(place, { proxy, tls, late }));
  const socket = secure({
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...tls,
    ...place,
    cert: certificate,
    key,
    ALPNProtocols: ['h2', 'http/1.1'],
    socket: line,
  });
  await standing(socket, 'secureConnect', late);
  return socket.setNoDelay(true);
}

async function lineTo(place: Place, late: AbortSignal): Promise<Socket> {
  const socket = connect(place);
  await standing(socket, 'connect', late);
  return socket;
}

/** Waits until a socket stands; destroys it when that takes too long. */
async function standing(socket: Socket, event: string, late: AbortSignal): Promise<void> {
  // Whoever uses it next hears of a fault by what it is used for.
  socket.on('error', () => undefined);
  const abort = () => socket.destroy(late.reason as Error);
  late.addEventListener('abort', abort);
  await once(socket, event);
  late.removeEventListener('abort', abort);
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** An agent, used without a request: it only wants somebody to tell what it does. */
interface Tunneller {
  connect(told: EventEmitter, place: Place & { secureEndpoint: false }): Promise<Socket>;
}

/** A connection through a proxy, made by the agents that make those of HTTP/1.1. */
async function tunnelTo(
  place: Place,
  { proxy, tls, late }: { proxy: URL; tls: Access['tls']; late: AbortSignal },
): Promise<Socket> {
  const agent: Tunneller = agentThrough(proxy, tls);
  const told = new EventEmitter();
  let refusal: number | undefined;
  told.once('proxyConnect', ({ statusCode }: IncomingMessage) => {
    if (statusCode !== 200) refusal = statusCode;
  });
  const opening = agent.connect(told, { ...place, secureEndpoint: false });
  opening.then(
    (socket) => late.aborted && socket.destroy(),
    () => undefined,
  );
  const socket = await orAborted(opening, late);
  if (refusal === undefined) return socket;
  socket.destroy();
  throw new Error(`the proxy ${proxy.host} answered ${refusal}`);
}
