import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HttpSource } from './httpSource.ts';
import { Authority } from '../../test/cluster/certificates.ts';
import { failureOf } from '../../test/failureOf.ts';

type Headers = Readonly<Record<string, string>>;

const servers: Server[] = [];

/** Starts a server on the loopback and gives its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return `http://127.0.0.1:${await listening(server)}`;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Reads a URL with the given credentials by origin. */
async function read(
  url: string,
  options: {
    credentials?: Readonly<Record<string, Headers>>;
    timeLimit?: number;
    maxBytes?: number;
  } = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const { credentials = {}, timeLimit = 20_000, maxBytes = 1000 } = options;
  const headers = (origin: string) => Promise.resolve(credentials[origin] ?? {});
  const source = new HttpSource({ headers }, timeLimit);
  return await source.read({ kind: 'url', url }, { maxBytes }, signal);
}

describe('a source at a URL', () => {
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('gives the bytes as they are, and the media type without its parameters', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const origin = await serve((_, answer) => {
      answer.setHeader('Content-Type', 'Application/JSON; charset=utf-8');
      answer.end(bytes);
    });
    const content = await read(`${origin}/x`);
    assert.deepEqual([...content.bytes], [...bytes]);
    assert.equal(content.mediaType, 'application/json');
  });

  it('unpacks what comes compressed', async () => {
    const origin = await serve((_, answer) => {
      answer.setHeader('Content-Encoding', 'gzip');
      answer.end(gzipSync('{"a":1}'));
    });
    assert.equal(Buffer.from((await read(origin)).bytes).toString(), '{"a":1}');
  });

  it('follows five redirects and not a sixth', async () => {
    const origin = await serve((request, answer) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) answer.end('here');
      else answer.writeHead(302, { Location: `/${left - 1}` }).end();
    });
    assert.equal(Buffer.from((await read(`${origin}/5`)).bytes).toString(), 'here');
    assert.match((await failureOf(read(`${origin}/6`))).message, /redirects more than 5 times/);
  });

  it('says that a circle of redirects is one too many', async () => {
    const origin = await serve((_, answer) => answer.writeHead(301, { Location: '/' }).end());
    assert.match((await failureOf(read(origin))).message, /redirects/);
  });

  it('does not follow a redirect to something that is not HTTP', async () => {
    const origin = await serve((_, answer) =>
      answer.writeHead(302, { Location: 'file:///etc/hosts' }).end(),
    );
    assert.match((await failureOf(read(origin))).message, /redirects to file:/);
  });

  it('sends the credentials of an origin to it, and to no other that it redirects to', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const other = await serve((request, answer) => {
      seen.push(request.headers);
      answer.end('data');
    });
    const first = await serve((request, answer) => {
      seen.push(request.headers);
      answer.writeHead(307, { Location: `${other}/data` }).end();
    });
    await read(first, { credentials: { [first]: { 'X-Key': 'secret' } } });
    assert.deepEqual(
      seen.map((headers) => headers['x-key']),
      ['secret', undefined],
    );
  });

  it('sends the user of a URL as basic authentication, and only to its origin', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, answer) => {
      seen.push(request.headers.authorization);
      answer.end('data');
    });
    const first = await serve((request, answer) => {
      seen.push(request.headers.authorization);
      answer.writeHead(302, { Location: other }).end();
    });
    await read(first.replace('//', '//me:pass%20word@'));
    const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    assert.deepEqual(seen, [basic, undefined]);
  });

  it('never names user, password or query in a failure', async () => {
    const origin = await serve((_, answer) => answer.writeHead(500).end());
    const url = `${origin.replace('//', '//me:hidden@')}/x?token=hidden`;
    const failure = await failureOf(read(url));
    assert.ok(failure.message.includes(`${origin}/x answered 500`), failure.message);
    assert.doesNotMatch(`${failure.message}${failure.detail ?? ''}`, /hidden/);
  });

  for (const status of [204, 206, 304, 404, 500, 503]) {
    it(`does not take an answer with status ${status} for data`, async () => {
      const origin = await serve((_, answer) => answer.writeHead(status).end());
      const failure = await failureOf(read(origin));
      assert.equal(failure.reason, 'Source');
      assert.ok(failure.message.includes(String(status)), failure.message);
      assert.match(failure.message, /Nothing was written\.$/);
    });
  }

  for (const status of [401, 403]) {
    it(`asks for credentials of the origin that answers ${status}`, async () => {
      const origin = await serve((_, answer) => answer.writeHead(status).end());
      const failure = await failureOf(read(`${origin}/deep/file`));
      assert.equal(failure.reason, 'CredentialsWanted');
      assert.equal(failure.subject, origin);
    });
  }

  it('takes the limit of bytes to the byte', async () => {
    const origin = await serve((request, answer) =>
      answer.end('x'.repeat(Number(request.url?.slice(1)))),
    );
    assert.equal((await read(`${origin}/100`, { maxBytes: 100 })).bytes.length, 100);
    assert.match(
      (await failureOf(read(`${origin}/101`, { maxBytes: 100 }))).message,
      /larger than/,
    );
  });

  it('stops reading what has no end, at the limit of bytes', async () => {
    const origin = await serve((_, answer) => {
      const more = (): void => {
        if (answer.destroyed) return;
        if (answer.write('x'.repeat(1000))) setImmediate(more);
        else answer.once('drain', more);
      };
      more();
    });
    assert.match((await failureOf(read(origin))).message, /larger than/);
  });

  it('gives up at the limit of time, while bytes still trickle in', async () => {
    const origin = await serve((_, answer) => {
      const timer = setInterval(() => answer.write('.'), 20);
      answer.once('close', () => {
        clearInterval(timer);
      });
    });
    const failure = await failureOf(read(origin, { timeLimit: 200 }));
    assert.match(failure.message, /took longer than 0\.2 seconds/);
  });

  it('notices an answer that is cut off', async () => {
    const origin = await serve((_, answer) => {
      answer.writeHead(200, { 'Content-Length': '100' });
      answer.write('half', () => answer.destroy());
    });
    const failure = await failureOf(read(origin));
    assert.equal(failure.reason, 'Source');
    assert.match(failure.message, /broke the connection/);
  });

  it('names a host that does not exist and a port that refuses', async () => {
    const unknown = await failureOf(read('http://no-such-host.invalid/x'));
    assert.match(unknown.message, /host name/);
    const closed = createServer();
    const port = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    assert.match(
      (await failureOf(read(`http://127.0.0.1:${port}/`))).message,
      /refuses connections/,
    );
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const server = createTlsServer(
      await (await Authority.create()).issue({ name: 'x', addresses: ['127.0.0.1'] }),
      (_, answer) => answer.end('data'),
    );
    servers.push(server);
    const failure = await failureOf(read(`https://127.0.0.1:${await listening(server)}/`));
    assert.match(failure.message, /certificate/);
  });

  it('stops at once when it is cancelled, and throws the reason of the signal', async () => {
    const controller = new AbortController();
    const origin = await serve(() => {
      controller.abort();
    });
    await assert.rejects(read(origin, {}, controller.signal), { name: 'AbortError' });
  });
});
