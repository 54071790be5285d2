import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationTarget, Uri, workspace } from 'vscode';
import { MAX_SOURCE_BYTES } from '../../src/domain/source.ts';
import { HttpSource } from '../../src/gateway/httpSource.ts';
import { fileSource } from '../../src/ui/fileSource.ts';
import { failureOf } from '../failureOf.ts';

const never = new AbortController().signal;
const limits = { maxBytes: MAX_SOURCE_BYTES };

describe('a file as a source', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sources-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const read = (name: string) =>
    fileSource.read(
      { kind: 'file', uri: Uri.file(path.join(folder, name)).toString() },
      limits,
      never,
    );

  it('is read as the bytes that are on disk', async () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0x00, 0xff);
    await writeFile(path.join(folder, 'bytes'), bytes);
    assert.deepEqual(new Uint8Array((await read('bytes')).bytes), bytes);
  });

  it('that is missing, a folder or too large is refused in words that name it', async () => {
    await writeFile(path.join(folder, 'large.json'), '');
    await truncate(path.join(folder, 'large.json'), MAX_SOURCE_BYTES + 1);
    for (const [name, problem] of [
      ['missing.json', /^The file missing\.json is not there\. Nothing was written\.$/],
      ['.', /is a folder\. Nothing was written\.$/],
      ['large.json', /^The file large\.json is larger than /],
    ] as const) {
      const failure = await failureOf(read(name));
      assert.match(failure.message, problem);
      assert.equal(failure.nextStep, 'chooseAnotherSource');
    }
  });

  it('that may not be read is refused', async function () {
    // The superuser may read everything.
    if (process.getuid?.() === 0) this.skip();
    const file = path.join(folder, 'secret.json');
    await writeFile(file, '{}');
    await chmod(file, 0);
    assert.match((await failureOf(read('secret.json'))).message, /secret\.json may not be read/);
  });
});

describe("VS Code's proxy settings", () => {
  let proxy: Server;
  const asked: string[] = [];
  before(async () => {
    proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"from": "behind the proxy"}');
    });
    // What is fetched through a tunnel is answered inside it.
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      proxy.emit('connection', socket);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    await workspace
      .getConfiguration('http')
      .update('proxy', `http://127.0.0.1:${port}`, ConfigurationTarget.Global);
  });
  after(async () => {
    await workspace.getConfiguration('http').update('proxy', undefined, ConfigurationTarget.Global);
    proxy.close();
    proxy.closeAllConnections();
  });

  it('lead a source that only the proxy reaches', async () => {
    const source = new HttpSource({ headers: () => Promise.resolve({}) }, 10_000);
    const url = 'http://only-behind-the-proxy.example/mappings.json';
    const { bytes } = await source.read({ kind: 'url', url }, limits, never);
    assert.equal(Buffer.from(bytes).toString(), '{"from": "behind the proxy"}');
    assert.match(asked.join(), /only-behind-the-proxy\.example/);
  });
});
