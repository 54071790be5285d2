import assert from 'node:assert/strict';
import { splitLines } from './lines.ts';

/** The lines of a text that comes in chunks of the given size. */
async function linesOf(text: string, size: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let start = 0; start < bytes.length; start += size) {
      yield await Promise.resolve(bytes.subarray(start, start + size));
    }
  }
  const lines: string[] = [];
  for await (const line of splitLines(chunks())) lines.push(line);
  return lines;
}

describe('the lines of a stream', () => {
  const lines = ['{"a":1}', '', '{"b":"äöü 🚀 \\n"}', 'x'.repeat(50)];
  for (const size of [1, 2, 3, 7, 1000]) {
    it(`are the same when they come in chunks of ${size} bytes`, async () => {
      assert.deepEqual(await linesOf(`${lines.join('\n')}\n`, size), lines);
    });
  }

  it('do not include one that is cut off', async () => {
    assert.deepEqual(await linesOf('whole\ncut', 4), ['whole']);
  });
});
