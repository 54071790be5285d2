import assert from 'node:assert/strict';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { editBytes } from '../gateway/bytes.ts';

describe('bytes that are saved ten thousand times', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());

  it('come back as they were, whatever they are', async () => {
    const [edits, seed] = [10_000, 20_261_125];
    const { text, binary } = await editBytes(plane, { edits, seed });
    process.stdout.write(`      seed ${seed}: ${text} saves as text, ${binary} as binary\n`);
    assert.equal(text + binary, edits);
  });
});
