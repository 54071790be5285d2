import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { readKubeconfig } from '../test/cluster/kubeconfigFile.ts';

/** One request, as bytes. A body of a PATCH is a merge patch unless its type says otherwise. */
export interface BareRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly accept?: string;
  readonly type?: string;
}

/** What an API server can be asked with Node alone: kept connections and no knowledge of Kubernetes. */
export class BareClient {
  readonly #server: string;
  readonly #agent: Agent;

  private constructor(server: string, agent: Agent) {
    this.#server = server;
    this.#agent = agent;
  }

  /** For the user of a kubeconfig with a client certificate. */
  static async open(kubeconfig: string, maxSockets = 1): Promise<BareClient> {
    const { server, authority, user } = await readKubeconfig(kubeconfig);
    const pem = (field: string) => Buffer.from(user[field] ?? '', 'base64').toString();
    const agent = new Agent({
      keepAlive: true,
      noDelay: true,
      maxSockets,
      ca: authority,
      cert: pem('client-certificate-data'),
      key: pem('client-key-data'),
    });
    return new BareClient(server, agent);
  }

  /** Sends a request and reads its answer whole. Rejects unless it is 2xx. */
  async send(wanted: BareRequest): Promise<Buffer> {
    const answer = await this.begin(wanted);
    const chunks: Buffer[] = [];
    return await new Promise((resolve, reject) => {
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
      answer.once('end', () => {
        resolve(Buffer.concat(chunks));
      });
    });
  }

  /** Sends a request and gives its answer as it begins. Rejects unless it is 2xx. */
  begin({
    method,
    path,
    body,
    accept = 'application/json',
    type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  }: BareRequest): Promise<IncomingMessage> {
    const headers = { Accept: accept, 'Content-Type': type };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#server), { agent: this.#agent, method, headers });
      sent.once('error', reject).once('response', (answer) => {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(answer);
        else reject(new Error(`${method} ${path} was answered ${status}.`));
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
