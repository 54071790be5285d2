import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { cacheWith, REF, utf8 } from '../../test/fakes/caches.ts';
import { planChange, readContent, type NewContent } from '../domain/plan/cachePlan.ts';
import { proposalsFor } from './proposals.ts';

const BEFORE = { 'a.json': '{"old": 1}', 'b.txt': 'stays' };
const planOf = (contents: readonly (readonly [string, string | Uint8Array | undefined])[]) =>
  planChange(
    REF,
    cacheWith(BEFORE),
    contents.map(([key, text]) => {
      const bytes = typeof text === 'string' ? utf8(text) : text;
      const content = bytes && { bytes };
      return readContent({ key, source: { kind: 'file', uri: 'file:///x' }, content });
    }),
  );
const textOf = ({ content }: NewContent) =>
  content === undefined ? undefined : Buffer.from(content.bytes).toString();

describe('What would make a plan smaller', () => {
  const wide = JSON.stringify({ list: Array.from({ length: 50 }, () => 'same') }, null, 8);

  it('is minifying and gzipping; each sum is what its plan comes to', async () => {
    const plan = planOf([['a.json', wide]]);
    const proposals = await proposalsFor(plan);
    assert.deepEqual(
      proposals.map(({ kind }) => kind),
      ['minify', 'gzip'],
    );
    for (const { contents, total, saved } of proposals) {
      const { bytesAfter } = planChange(REF, cacheWith(BEFORE), contents.map(readContent));
      assert.equal(total, bytesAfter);
      assert.equal(saved, plan.bytesAfter - bytesAfter);
    }
  });

  it('is the same JSON, and the same bytes once they are unpacked, under a name that says so', async () => {
    const [minify, gzip] = await proposalsFor(planOf([['a.json', wide]]));
    const [small] = minify?.contents ?? [];
    assert.ok(small !== undefined);
    assert.equal(textOf(small), JSON.stringify(JSON.parse(wide)));
    const [packed, old] = gzip?.contents ?? [];
    assert.deepEqual([packed?.key, packed?.stored], ['a.json.gz', 'binary']);
    assert.deepEqual([old?.key, old?.content], ['a.json', undefined]);
    assert.equal(gunzipSync(packed?.content?.bytes ?? new Uint8Array()).toString(), wide);
  });

  it('leaves out what does not help: no JSON to minify, nothing that gzip makes smaller', async () => {
    const kinds = async (...of: Parameters<typeof planOf>) =>
      (await proposalsFor(planOf(...of))).map(({ kind }) => kind);
    assert.deepEqual(await kinds([['new.txt', 'x'.repeat(500)]]), ['gzip']);
    assert.deepEqual(await kinds([['a.json', '{"a":1}']]), []);
    assert.deepEqual(await kinds([['a.json', `{"cut": ${' '.repeat(500)}`]]), ['gzip']);
    assert.deepEqual(await kinds([['a.json', undefined]]), []);
  });

  it('keeps keys of the plan that it does not change as they are', async () => {
    const [minify] = await proposalsFor(
      planOf([
        ['a.json', wide],
        ['n.txt', 'as it is'],
        ['b.txt', undefined],
      ]),
    );
    assert.deepEqual(
      minify?.contents.slice(1).map((each) => [each.key, textOf(each)]),
      [
        ['n.txt', 'as it is'],
        ['b.txt', undefined],
      ],
    );
  });

  it('adds no removal of a key that was not there', async () => {
    const [gzip] = await proposalsFor(planOf([['new.txt', 'x'.repeat(500)]]));
    assert.deepEqual(
      gzip?.contents.map(({ key }) => key),
      ['new.txt.gz'],
    );
  });
});
