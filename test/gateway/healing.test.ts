import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { FaultProxy } from '../cluster/faultProxy.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import { Picture, truthOf } from './picture.ts';

const NAMESPACE = 'default';
/** One of the annotations that are kept, with characters of two and four bytes. */
const NOTE = 'source.cache-configmaps.dev/n=file:müll🚀.json';
const isList: Match = ({ url }) => url.includes('/configmaps') && !url.includes('watch=true');
const isWatch: Match = ({ url }) => url.includes('/configmaps') && url.includes('watch=true');

const answer = (status: number, body: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  body,
  headers,
});
const status = (code: number, reason: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason });
const event = (code: number, reason: string) =>
  `${JSON.stringify({ type: 'ERROR', object: JSON.parse(status(code, reason)) as unknown })}\n`;

for (const onlyHttp1 of [false, true]) {
  describe(`what is followed over ${onlyHttp1 ? 'HTTP/1.1' : 'HTTP/2'}`, () => {
    let plane: ControlPlane;
    let proxy: FaultProxy;
    let cluster: KubernetesCluster;
    let picture: Picture;
    let truth: ReturnType<typeof truthOf>;
    let now = 0;

    before(async () => {
      plane = await startControlPlane();
      truth = truthOf(plane, NAMESPACE);
    });
    beforeEach(async () => {
      proxy = await FaultProxy.start(plane, { onlyHttp1 });
      cluster = new KubernetesCluster(() => [proxy.kubeconfig], { now: () => Date.now() + now });
      picture = new Picture(cluster, { context: 'demo', namespace: NAMESPACE });
      await change();
      await picture.is(truth);
      assert.equal(proxy.requests[0]?.httpVersion, onlyHttp1 ? '1.1' : '2.0');
    });
    afterEach(async () => {
      picture.stop();
      cluster.reset();
      await proxy.stop();
    });
    after(() => plane.stop());

    let count = 0;
    /** Creates one ConfigMap, changes another and deletes a third. */
    const change = async () => {
      count++;
      const make = (name: string) =>
        plane.kubectl(['create', 'configmap', name, '-n', NAMESPACE, `--from-literal=n=${count}`]);
      await make(`stays-${count}`);
      await make(`goes-${count}`);
      await plane.kubectl(['annotate', 'configmap', `stays-${count}`, '-n', NAMESPACE, NOTE]);
      await plane.kubectl(['delete', 'configmap', `goes-${count}`, '-n', NAMESPACE]);
    };
    /** Breaks what is under way and lets changes go on, then waits for the picture to be true again. */
    const heals = async () => {
      const struck = proxy.strikes();
      proxy.cutAll();
      await Promise.all([struck, change()]);
      proxy.mend();
      await picture.is(truth);
      const [name = '', value] = NOTE.split('=');
      assert.equal(picture.annotations(`stays-${count}`)[name], value);
    };

    const faults: readonly (readonly [string, Match, Fault, number])[] = [
      ['a watch that is cut in the middle of a line', isWatch, { kind: 'cutWithin' }, 3],
      ['a list that is cut in the middle', isList, { kind: 'cutWithin' }, 3],
      ['connections that are refused', () => true, { kind: 'cutBefore' }, Infinity],
      ['410 as a status', isWatch, answer(410, status(410, 'Expired')), 2],
      ['410 as an event', isWatch, answer(200, event(410, 'Expired')), 2],
      ['401 as an event', isWatch, answer(200, event(401, 'Unauthorized')), 1],
      ['401 as a status', () => true, answer(401, status(401, 'Unauthorized')), 3],
      [
        '429 as plain text',
        isList,
        answer(429, 'Too many requests, please try again later.', { 'Retry-After': '1' }),
        2,
      ],
      ['429 that does not say when', isList, answer(429, 'Too many requests'), 2],
      ['500', isList, answer(500, status(500, 'InternalError')), 2],
      ['503 of a proxy', isList, answer(503, '<html>no healthy upstream</html>'), 2],
      ['504', isWatch, answer(504, status(504, 'Timeout')), 2],
      ['an HTML page in place of a list', isList, answer(200, '<!doctype html><p>Log in'), 2],
      ['an HTML page in place of a watch', isWatch, answer(200, '<!doctype html>\n<p>Log in\n'), 2],
      ['a list that comes byte by byte', isList, { kind: 'drip' }, 1],
      ['a watch that comes byte by byte', isWatch, { kind: 'drip' }, 1],
      ['a watch that ends at once', isWatch, answer(200, ''), 3],
    ];
    // What is answered is understood above the wire, and needs to be tried over one version alone.
    const onTheWire = faults.filter(([, , { kind }]) => kind !== 'answer');
    for (const [title, match, fault, times] of onlyHttp1 ? onTheWire : faults) {
      it(`is true again after ${title}`, async () => {
        proxy.break(match, fault, times);
        await heals();
        // What is cut off is never taken for a whole answer that makes no sense.
        if (fault.kind === 'cutWithin') {
          assert.deepEqual([...new Set(picture.failures)], ['Unreachable']);
        }
      });
    }

    it('is true again after the API server was gone, and says that it was not live', async () => {
      await plane.stopApiServer();
      await picture.failed();
      assert.equal(picture.failures[0], 'Unreachable');
      await plane.startApiServer();
      await change();
      await picture.is(truth);
    });

    it('goes on from where it was when the time of a watch is up, without a new list', async () => {
      const before = picture.lists;
      mock.timers.enable({ apis: ['Date'], now: Date.now() + 600_000 });
      proxy.endAll();
      await change();
      await picture.is(truth);
      mock.timers.reset();
      assert.equal(picture.lists, before);
      assert.deepEqual(picture.failures, []);
    });

    it('reads a line of more than a mebibyte', async () => {
      const before = picture.lists;
      const [, resourceVersion] = [...(await truth())].at(-1) ?? [];
      const metadata = {
        name: '',
        resourceVersion,
        annotations: { long: 'ü'.repeat(1024 * 1024) },
      };
      const line = JSON.stringify({ type: 'BOOKMARK', object: { metadata } });
      proxy.break(isWatch, answer(200, `${line}\n`));
      await heals();
      assert.equal(picture.lists, before + 2);
      assert.deepEqual(picture.failures, ['Unreachable']);
    });

    it('leaves no connection and no timer behind when it stops', async () => {
      const resources = () =>
        process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|Timeout/.test(name))
          .length;
      picture.stop();
      cluster.reset();
      await proxy.stop();
      proxy = await FaultProxy.start(plane);
      const before = resources();
      const other = new KubernetesCluster(() => [proxy.kubeconfig]);
      const another = new Picture(other, { context: 'demo', namespace: NAMESPACE });
      await another.is(truth);
      assert.ok(resources() > before);
      another.stop();
      other.reset();
      while (resources() > before) await new Promise((resolve) => setImmediate(resolve));
    });

    if (onlyHttp1) return;

    it('is true again after etcd was restored to an older state, with fewer objects', async () => {
      const restore = await plane.backUp();
      await change();
      await picture.is(truth);
      const newest = Math.max(...[...(await truth()).values()].map(Number));
      await restore();
      await picture.is(truth);
      assert.ok(Math.max(...[...(await truth()).values()].map(Number)) < newest);
      await change();
      await picture.is(truth);
    });

    it('is true again after the machine has slept while its connections died silently', async () => {
      proxy.break(isWatch, { kind: 'hold' });
      proxy.cutAll();
      await change();
      const before = picture.lists;
      now = 3_600_000;
      await change();
      await picture.is(truth);
      assert.ok(picture.lists > before);
    });
  });
}
