import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { checkTogether } from '../gateway/writersCheck.ts';
import { writeTogether } from '../gateway/writers.ts';

describe('ten writers on one cache for a minute, while connections break', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());

  it('lose nothing, and nothing is overwritten unseen', async () => {
    checkTogether(await writeTogether(plane, { seconds: 60, seed: 60 }));
  });
});
