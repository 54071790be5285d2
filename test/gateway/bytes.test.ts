import assert from 'node:assert/strict';
import { startControlPlane, type ControlPlane } from '../cluster/controlPlane.ts';
import { editBytes } from './bytes.ts';

describe('bytes that are saved', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());

  it('come back as they were, whatever they are', async () => {
    const [edits, seed] = [500, 20_261_124];
    const { text, binary } = await editBytes(plane, { edits, seed });
    process.stdout.write(`      seed ${seed}: ${text} saves as text, ${binary} as binary\n`);
    assert.equal(text + binary, edits);
  });
});
