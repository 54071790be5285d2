import { Agent, request } from 'node:https';
import { readKubeconfig } from '../test/cluster/kubeconfigFile.ts';

/** What an API server can be asked with Node alone: one kept connection and no knowledge of Kubernetes. */
export class BareClient {
  readonly #server: string;
  readonly #agent: Agent;

  private constructor(server: string, agent: Agent) {
    this.#server = server;
    this.#agent = agent;
  }

  /** For the user of a kubeconfig with a client certificate. */
  static async open(kubeconfig: string): Promise<BareClient> {
    const { server, authority, user } = await readKubeconfig(kubeconfig);
    const pem = (field: string) => Buffer.from(user[field] ?? '', 'base64').toString();
    const agent = new Agent({
      keepAlive: true,
      noDelay: true,
      maxSockets: 1,
      ca: authority,
      cert: pem('client-certificate-data'),
      key: pem('client-key-data'),
    });
    return new BareClient(server, agent);
  }

  /** Sends a request and reads its answer whole, as bytes. A body is a merge patch. */
  send(method: 'GET' | 'PATCH', path: string, body?: string): Promise<Buffer> {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/merge-patch+json' };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#server), { agent: this.#agent, method, headers });
      sent.once('error', reject).once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
        answer.once('end', () => {
          if (answer.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(new Error(`${method} ${path} was answered ${answer.statusCode ?? 0}.`));
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
