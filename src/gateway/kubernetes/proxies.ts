import type { AgentOptions } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Access } from './access.ts';

/** Environment variables by their names. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that leads to a server: the cluster's own `proxy-url`, else what the environment says, as Go
 * reads it. Nothing where the server is reached directly. Throws `TypeError` where a proxy is no URL.
 * Source: `golang.org/x/net/http/httpproxy`.
 */
export function proxyOf(
  server: URL,
  own: string | undefined,
  variables: Variables,
): URL | undefined {
  if (own !== undefined) return new URL(own);
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = either(variables, name);
  if (proxy === undefined || isDirect(server, either(variables, 'NO_PROXY') ?? ''))
    return undefined;
  return new URL(/^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`);
}

function either(variables: Variables, name: string): string | undefined {
  const value = variables[name] ?? variables[name.toLowerCase()];
  return value === '' ? undefined : value;
}

/** True for the loopback and for what `NO_PROXY` names. */
function isDirect({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || host === '::1') return true;
  const number = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, number));
}

/** `*`, an address, a network, a domain with all below it, or `.domain` for those below alone. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isWithin(host, entry);
  const [, name = entry, only] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\[(.*)\]/, '$1')) ?? [];
  if (isIP(entry) !== 0) return entry === host;
  if (only !== undefined && only !== port) return false;
  if (isIP(name) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (host === domain && domain === name);
}

function isWithin(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}

/** An agent that leads through a proxy. `tls` is for a proxy that is spoken to securely. */
export function agentThrough(
  proxy: URL,
  tls: Access['tls'],
  kept: AgentOptions = {},
): HttpsProxyAgent<string> | SocksProxyAgent {
  return proxy.protocol.startsWith('socks')
    ? new SocksProxyAgent(proxy, kept)
    : new HttpsProxyAgent(proxy, { ...kept, ...tls });
}
