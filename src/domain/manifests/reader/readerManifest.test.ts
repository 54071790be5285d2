import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { effectOn, Workloads } from '../../readers/reader.ts';
import { workloadOf } from '../../readers/workload.ts';
import { readerEdit } from './readerEdit.ts';
import { READER_KINDS, readerManifest, type ReaderManifest } from './readerManifest.ts';

const CACHE = { namespace: 'argo', name: `${'a'.repeat(70)}.b` };
const READER: ReaderManifest = {
  kind: 'Deployment',
  cache: CACHE,
  key: 'mappings.json',
  format: 'JSON',
  wrappers: [],
  entry: 'team/app',
};

/** What a change of the cache does to what a manifest makes, as the view says it. */
function effectIn(text: string) {
  const object = parse(text) as { kind: (typeof READER_KINDS)[number]; metadata: object };
  const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '', ...object.metadata };
  const workload = workloadOf('demo', object.kind, { ...object, metadata });
  const [reader] = new Workloads([workload]).readersOf(CACHE);
  return reader && effectOn(reader, { isImmutable: false, keys: ['mappings.json'] });
}

describe('a new reader', () => {
  for (const kind of READER_KINDS) {
    it(`as a ${kind} reads the whole folder: live where it runs on`, () => {
      const { name, text } = readerManifest({ ...READER, kind });
      assert.equal(name.length <= 52 + '.yaml'.length, true);
      assert.equal(
        effectIn(text),
        kind === 'Deployment' || kind === 'Job' ? 'live' : 'nextRun',
        text,
      );
      // What is put into a manifest is the same as what a new one has.
      const again = readerEdit(text, { cache: CACHE, offset: 0 });
      assert.deepEqual(again.kind === 'there' && again.folder, '/cache');
    });
  }
});
