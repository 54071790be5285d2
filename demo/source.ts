import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { categories, environments, mappings } from './lookups.ts';

/** A source of look-up data that is running. */
export interface Source {
  /** Without a slash at its end. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The token that `/private` asks for. */
export const DEMO_TOKEN = 'demo-token';

type Answer = (response: ServerResponse, generation: number, authorization: string) => void;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/mappings.json': (response, generation) => {
    send(response, 'application/json', JSON.stringify(mappings(generation), null, 2));
  },
  '/environments.yaml': (response, generation) => {
    send(response, 'application/yaml', environments(generation));
  },
  '/categories.txt': (response, generation) => {
    send(response, 'text/plain', categories(generation));
  },
  '/private': (response, generation, authorization) => {
    if (authorization !== `Bearer ${DEMO_TOKEN}`) response.writeHead(401).end();
    else send(response, 'application/json', JSON.stringify(mappings(generation), null, 2));
  },
  '/login': (response) => {
    send(response, 'text/html', '<!doctype html><title>Log in</title>');
  },
  '/empty': (response) => {
    send(response, 'application/json', '');
  },
  '/cut-off.json': (response, generation) => {
    send(response, 'application/json', JSON.stringify(mappings(generation)).slice(0, 999));
  },
  '/500': (response) => response.writeHead(500).end('broken'),
  '/redirect-loop': (response) => response.writeHead(302, { Location: '/redirect-loop' }).end(),
  '/slow': (response) => {
    const timer = setInterval(() => response.write(' '), 1000);
    response.once('close', () => {
      clearInterval(timer);
    });
  },
};

/**
 * Starts a server whose data change by themselves: each answer with data is one generation further
 * than the one before. Some paths answer as sources do on a bad day.
 */
export async function startSource(): Promise<Source> {
  let generation = 0;
  const server = createServer((request, response) => {
    const answer = ANSWERS[(request.url ?? '').split('?', 1)[0] ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, ++generation, request.headers.authorization ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': type }).end(body);
}
