import { get } from 'node:https';

/** Whether an API server says that it is ready, which it tells anybody. */
export function isReady(server: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(`${server}/readyz`, { ca, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => {
      resolve(false);
    });
  });
}
