import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { utf8 } from '../../test/fakes/caches.ts';
import { digestOf } from './digests.ts';

describe('The digest of bytes', () => {
  it('is the published one for nothing and for abc', async () => {
    // FIPS 180-2, and NIST's examples.
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(await digestOf(new Uint8Array()), nothing);
    assert.equal(await digestOf(utf8('abc')), abc);
  });

  it('is that of Node for any bytes, also for a part of a larger array', async () => {
    const all = Uint8Array.from({ length: 4096 }, (_, index) => (index * 31 + 7) % 256);
    for (const bytes of [all, all.subarray(1, 1000), Buffer.from(all).subarray(5, 6)]) {
      assert.equal(await digestOf(bytes), createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('is found once for each array, and anew for another with the same bytes', async () => {
    const bytes = utf8('words');
    const first = digestOf(bytes);
    assert.equal(digestOf(bytes), first);
    const again = digestOf(utf8('words'));
    assert.notEqual(again, first);
    assert.equal(await again, await first);
  });
});
