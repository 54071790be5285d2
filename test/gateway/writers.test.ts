import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { checkTogether } from './writersCheck.ts';
import { writeTogether } from './writers.ts';

describe('ten writers on one cache, while connections break', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());

  it('lose nothing, and nothing is overwritten unseen', async function () {
    // They go on until each end was seen, which chance brings late where the machine is slow.
    this.timeout(600_000);
    checkTogether(await writeTogether(plane, { seconds: 6, seed: 5 }));
  });
});
