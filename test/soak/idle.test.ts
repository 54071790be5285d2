// Long waits, run by hand: `npm run test:soak`. The figures stand in CONTRIBUTING.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { KubernetesCluster } from '../../src/gateway/kubernetes/cluster.ts';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { Line } from '../cluster/line.ts';
import { Picture, truthOf } from '../gateway/picture.ts';

const MINUTES = 10;

describe('a view that is open for long', () => {
  let plane: ControlPlane;
  let line: Line;
  let picture: Picture;
  let truth: ReturnType<typeof truthOf>;
  let cluster: KubernetesCluster;

  before(async () => {
    plane = await startControlPlane();
    truth = truthOf(plane, 'default');
  });
  beforeEach(async () => {
    line = new Line(new URL(plane.server));
    const file = await line.open(plane);
    cluster = new KubernetesCluster(() => [file]);
    picture = new Picture(cluster, { context: 'demo', namespace: 'default' });
    await picture.is(truth);
  });
  afterEach(() => {
    picture.stop();
    cluster.reset();
    line.close();
  });
  after(() => plane.stop());

  it('costs next to nothing while nothing happens, and lists once', async () => {
    await pause(5_000);
    const { bytes } = line;
    await pause(MINUTES * 60_000);
    const perMinute = (line.bytes - bytes) / MINUTES;
    process.stdout.write(
      `      ${perMinute.toFixed(0)} bytes a minute, ${line.sockets.length / 2} connections in all, ${line.connections} open\n`,
    );
    assert.deepEqual(picture.failures, []);
    assert.equal(picture.lists, 1);
    assert.ok(perMinute < 1000);
  });

  for (const seconds of [1, 5, 10, 20, 60]) {
    it(`is true again after a black hole of ${seconds} s`, async () => {
      line.silence();
      await plane.kubectl(['create', 'configmap', `unseen-${seconds}`]);
      await pause(seconds * 1000);
      line.mend();
      const began = performance.now();
      await picture.is(truth);
      const took = (performance.now() - began) / 1000;
      process.stdout.write(`      ${took.toFixed(1)} s later, ${picture.lists} lists\n`);
    });
  }

  it('finds out by itself that nothing comes any more', async () => {
    line.forget();
    const began = Date.now();
    await plane.kubectl(['create', 'configmap', 'unseen']);
    await picture.is(truth);
    process.stdout.write(`      after ${Math.round((Date.now() - began) / 1000)} s\n`);
    assert.deepEqual([...new Set(picture.failures)], ['Unreachable']);
  });
});
