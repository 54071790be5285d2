import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { utf8 } from '../../../test/fakes/caches.ts';
import type { HistoryPlace, HistoryRecord, Version } from '../../domain/history/history.ts';
import { HistoryFiles } from './historyFiles.ts';
import { printLine } from './lines.ts';
import { Log } from './log.ts';

const PLACE: HistoryPlace = { cluster: 'uid', namespace: 'argo', name: 'workflow-cache' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('The history on disk', () => {
  let folder: string;
  let clock: number;
  const limits = { versionsPerKey: 50, bytes: 1_000_000 };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'history-'));
    clock = 0;
    Object.assign(limits, { versionsPerKey: 50, bytes: 1_000_000 });
  });
  const opened: HistoryFiles[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.settled();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (): HistoryFiles => {
    const store = new HistoryFiles(folder, () => ({ ...limits }));
    opened.push(store);
    return store;
  };
  const version = (key: string, text: string): Version => ({
    kind: 'version',
    at: new Date(clock++ * 1000).toISOString(),
    uid: 'u',
    key,
    sha256: sha256(text),
    bytes: text.length,
    stored: 'text',
    facts: {},
  });
  const keep = async (store: HistoryFiles, key: string, text: string, place = PLACE) => {
    const record = version(key, text);
    await store.keep(place, [record], new Map([[record.sha256, utf8(text)]]));
    await store.settled();
    return record;
  };
  const files = async (): Promise<readonly string[]> => {
    const all = await readdir(folder, { recursive: true, withFileTypes: true });
    return all.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
  };
  const texts = async (store: HistoryFiles, records: readonly HistoryRecord[]) =>
    await Promise.all(
      records.map(async (record) => {
        assert.ok(record.kind === 'version');
        return Buffer.from((await store.content(record.sha256)) ?? assert.fail()).toString();
      }),
    );

  it('gives back what was kept, also to another window, in its order', async () => {
    const store = open();
    const kept = [await keep(store, 'a', 'one'), await keep(store, 'b', 'two')];
    kept.push(await keep(store, 'c', 'one'));
    assert.deepEqual(await open().records(PLACE), kept);
    assert.deepEqual(await texts(open(), kept), ['one', 'two', 'one']);
    assert.equal(await open().size(), 6, 'a content is there once');
    assert.deepEqual(await open().records({ ...PLACE, name: 'other' }), []);
    assert.equal(await open().content(sha256('other')), undefined);
  });

  it('knows the names of a namespace of a cluster', async () => {
    const store = open();
    await keep(store, 'a', 'one');
    await keep(store, 'a', 'one', { ...PLACE, name: 'a-cache' });
    await keep(store, 'a', 'one', { ...PLACE, namespace: 'elsewhere' });
    await keep(store, 'a', 'one', { ...PLACE, cluster: 'another' });
    assert.deepEqual(await store.names(PLACE), ['a-cache', 'workflow-cache']);
    assert.deepEqual(await store.names({ cluster: 'none', namespace: 'argo' }), []);
  });

  it('knows the namespaces of a cluster, until they are forgotten', async () => {
    const store = open();
    const elsewhere = { ...PLACE, namespace: 'elsewhere' };
    await keep(store, 'a', 'one', elsewhere);
    await keep(store, 'a', 'one');
    await keep(store, 'a', 'one', { ...PLACE, name: 'a-cache' });
    await keep(store, 'a', 'one', { ...PLACE, cluster: 'another', namespace: 'other' });
    assert.deepEqual(await store.namespaces(PLACE.cluster), ['argo', 'elsewhere']);
    assert.deepEqual(await store.namespaces('none'), []);
    await store.forget(elsewhere);
    await store.forget({ ...PLACE, name: 'a-cache' });
    assert.deepEqual(await store.namespaces(PLACE.cluster), ['argo']);
  });

  it('keeps so many versions of each key, the newest ones', async () => {
    limits.versionsPerKey = 3;
    const store = open();
    for (let number = 0; number < 30; number++)
      await keep(store, `${number % 2}`, `text ${number}`);
    assert.deepEqual(
      await texts(store, await store.records(PLACE)),
      [24, 25, 26, 27, 28, 29].map((number) => `text ${number}`),
    );
  });

  it('lets the oldest go where all together pass their bytes, and their contents later', async () => {
    limits.bytes = 1000;
    const store = open();
    for (let number = 0; number < 30; number++) {
      await keep(store, 'a', `${number}`.padStart(100, '.'), { ...PLACE, name: `n${number % 2}` });
    }
    const kept = [0, 1].map((number) => store.records({ ...PLACE, name: `n${number}` }));
    const found = (await Promise.all(kept))
      .flat()
      .sort((one, other) => (one.at < other.at ? -1 : 1));
    // It is trimmed after each tenth of the limit: what was added since then is beside it.
    assert.ok(found.length >= 10 && found.length <= 12, String(found.length));
    const last = Array.from({ length: found.length }, (_, index) => 30 - found.length + index);
    assert.deepEqual(
      await texts(store, found),
      last.map((number) => `${number}`.padStart(100, '.')),
    );
    const longAgo = new Date(0);
    for (const file of await files()) await utimes(file, longAgo, longAgo);
    await keep(open(), 'a', 'x');
    assert.ok((await store.size()) <= 1000);
  });

  it('keeps nothing where it shall not', async () => {
    limits.versionsPerKey = 0;
    await keep(open(), 'a', 'one');
    assert.deepEqual(await files(), []);
  });

  it('lets all that is there go once nothing is to be kept, at the next look or write', async () => {
    for (const look of [
      (store: HistoryFiles) => store.records(PLACE),
      (store: HistoryFiles) => keep(store, 'a', 'four'),
    ]) {
      const store = open();
      Object.assign(limits, { versionsPerKey: 50 });
      for (const text of ['one', 'two', 'three']) await keep(store, 'a', text);
      limits.versionsPerKey = 0;
      await look(store);
      await store.settled();
      assert.deepEqual(await files(), [], 'in this window');
    }
    limits.versionsPerKey = 50;
    await keep(open(), 'a', 'one');
    limits.versionsPerKey = 0;
    const later = open();
    assert.deepEqual(await later.records(PLACE), []);
    await later.settled();
    assert.deepEqual(await files(), [], 'in a later one');
  });

  it('lets what is beyond a lower limit go at the next look', async () => {
    const store = open();
    for (let number = 0; number < 4; number++) await keep(store, 'a', `text ${number}`);
    limits.versionsPerKey = 3;
    assert.equal((await store.records(PLACE)).length, 3);
    await store.settled();
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    assert.ok(!(await readFile(log, 'utf8')).includes(sha256('text 0')));
  });

  it('forgets one history, or all, and leaves what others put there', async () => {
    const store = open();
    const other = { ...PLACE, name: 'other' };
    await keep(store, 'a', 'one');
    await keep(store, 'a', 'two', other);
    await store.forget(PLACE);
    assert.deepEqual(await store.records(PLACE), []);
    assert.equal(await store.content(sha256('one')), undefined);
    assert.deepEqual(await texts(store, await store.records(other)), ['two']);
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    await store.forget();
    assert.deepEqual(await files(), [path.join(folder, 'notes.txt')]);
  });

  it('opens wherever the last write was torn, with all that was complete', async () => {
    const store = open();
    const kept = [await keep(store, 'a', 'one'), await keep(store, 'a', 'two')];
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const before = await readFile(log);
    const third = await keep(store, 'a', 'three');
    const whole = await readFile(log);
    for (let length = before.length; length < whole.length; length++) {
      await writeFile(log, whole.subarray(0, length));
      // The last byte is a line break, without which the line is complete as well.
      const expected = length < whole.length - 1 ? kept : [...kept, third];
      assert.deepEqual(await open().records(PLACE), expected, `at byte ${length}`);
      const next = await keep(open(), 'a', 'four');
      assert.deepEqual(await open().records(PLACE), [...expected, next], `after byte ${length}`);
    }
  });

  it('reads on what another window adds, however little of it is there yet', async () => {
    const [reader, writer] = [open(), open()];
    const kept = [await keep(writer, 'a', 'one'), await keep(writer, 'a', 'two')];
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const before = await readFile(log);
    const third = await keep(writer, 'a', 'three');
    const whole = await readFile(log);
    for (let length = before.length; length <= whole.length; length++) {
      await writeFile(log, whole.subarray(0, length));
      const expected = length < whole.length - 1 ? kept : [...kept, third];
      assert.deepEqual(await reader.records(PLACE), expected, `at byte ${length}`);
    }
    const fourth = await keep(writer, 'a', 'four');
    assert.deepEqual(await reader.records(PLACE), [...kept, third, fourth]);
    await writer.forget(PLACE);
    const again = [await keep(writer, 'a', 'a longer text'), await keep(writer, 'b', 'another')];
    assert.deepEqual(await reader.records(PLACE), again, 'what was forgotten is not remembered');
  });

  it('holds a line once that is there several times, as after a window died in mid-work', async () => {
    const store = open();
    const kept = [await keep(store, 'a', 'one'), await keep(store, 'a', 'two')];
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const whole = await readFile(log);
    await writeFile(path.join(path.dirname(log), '0123456789abcdef.jsonl'), whole);
    await writeFile(log, Buffer.concat([whole, whole]));
    assert.deepEqual(await open().records(PLACE), kept);
    assert.deepEqual(await store.records(PLACE), kept);
  });

  it('holds what a window that died while it trimmed left behind, each once', async () => {
    limits.versionsPerKey = 1000;
    const store = open();
    const together = ['a', 'b'].map((key) => version(key, 'together'));
    await store.keep(PLACE, together, new Map([[sha256('together'), utf8('together')]]));
    for (let number = 0; number < 4; number++) await keep(store, 'a', `text ${number}`);
    const all = await store.records(PLACE);
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const before = await readFile(log);
    limits.versionsPerKey = 1;
    await store.records(PLACE);
    await store.settled();
    assert.notDeepEqual(
      (await files()).filter((name) => name.endsWith('.jsonl')),
      [log],
    );
    // Dead before the old file was removed: a line of it is there as well with only one of its records.
    await writeFile(log, before);
    limits.versionsPerKey = 1000;
    assert.deepEqual(await open().records(PLACE), all);
  });

  it('has the lines that come while a log is written anew, also those of a newer format', async () => {
    const kept = [await keep(open(), 'a', 'one'), await keep(open(), 'a', 'two')];
    const [file = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const log = new Log(path.dirname(file));
    const late = version('a', 'three');
    await log.rewrite((lines) => {
      appendFileSync(file, `\n${printLine({ place: PLACE, records: [late] })}\n{"v":2}\n`);
      return lines.slice(1);
    });
    assert.deepEqual(await open().records(PLACE), [kept[1], late]);
    assert.deepEqual((await log.lines()).newer, ['{"v":2}']);
  });

  it('stores a content anew where its file holds something else of the same length', async () => {
    await keep(open(), 'a', 'one');
    const [content = ''] = (await files()).filter((name) => name.endsWith(sha256('one')));
    await writeFile(content, 'eno');
    await keep(open(), 'a', 'one');
    assert.deepEqual(await open().content(sha256('one')), utf8('one'));
  });

  it('goes on beside files of others in its folders', async () => {
    const store = open();
    await keep(store, 'a', 'one');
    await keep(store, 'a', 'two', { ...PLACE, name: 'other' });
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const foreign = ['..', '../..', '../../..'].map((up) => path.join(log, up, '.DS_Store'));
    for (const file of foreign) await writeFile(file, 'theirs');
    assert.deepEqual(await store.names(PLACE), ['other', 'workflow-cache']);
    await store.forget(PLACE);
    assert.equal(await store.content(sha256('one')), undefined);
    limits.versionsPerKey = 0;
    await store.records(PLACE);
    await store.settled();
    assert.deepEqual((await files()).toSorted(), foreign.toSorted());
  });

  it('removes no content while it cannot read who refers to it', async () => {
    const store = open();
    await keep(store, 'a', 'one');
    for (const file of await files()) await utimes(file, new Date(0), new Date(0));
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const parent = path.dirname(path.dirname(log));
    const elsewhere = path.join(folder, 'elsewhere');
    await rename(parent, elsewhere);
    await symlink(parent, parent);
    await keep(open(), 'a', 'two', { ...PLACE, namespace: 'elsewhere' });
    await rm(parent);
    await rename(elsewhere, parent);
    assert.deepEqual(await texts(open(), await open().records(PLACE)), ['one']);
  });

  it('passes over damaged and foreign files, and says where a content is damaged', async () => {
    const store = open();
    const kept = [await keep(store, 'a', 'one'), await keep(store, 'a', 'two')];
    const [log = ''] = (await files()).filter((name) => name.endsWith('.jsonl'));
    const [content = ''] = (await files()).filter((name) => name.endsWith(sha256('one')));
    const lines = [
      'null',
      '7',
      '"text"',
      '[]',
      '{}',
      '{"v":1}',
      '{"v":1,"place":{},"records":7}',
      '\0\0',
    ];
    const place = JSON.stringify(PLACE);
    lines.push(`{"v":1,"place":${place},"records":[null,7,{},{"kind":"version"}]}`);
    await writeFile(log, `${lines.join('\n')}\n${await readFile(log, 'utf8')}`);
    await writeFile(path.join(path.dirname(log), 'notes.txt'), 'mine');
    await mkdir(path.join(folder, 'contents', 'mine'));
    await writeFile(content, 'eno');
    assert.deepEqual(await open().records(PLACE), kept);
    await assert.rejects(open().content(sha256('one')), /damaged on disk/);
    assert.deepEqual(await open().content(sha256('two')), utf8('two'));
    await keep(open(), 'a', 'one');
    assert.deepEqual(await open().content(sha256('one')), utf8('one'), 'it can be kept again');
  });

  it('leaves lines of a newer format as they are, and the contents that they name', async () => {
    limits.versionsPerKey = 2;
    const store = open();
    await keep(store, 'a', 'theirs', { ...PLACE, name: 'other' });
    await keep(store, 'a', 'one');
    const logs = (await files()).filter((name) => name.endsWith('.jsonl'));
    const newer = `{"v":2,"of":"${sha256('theirs')}"}`;
    for (const log of logs) await writeFile(log, `${newer}\n${await readFile(log, 'utf8')}`);
    await store.forget({ ...PLACE, name: 'none' });
    limits.bytes = 10;
    for (let number = 0; number < 20; number++) await keep(open(), 'a', `text ${number}`);
    const now = await Promise.all((await files()).map((file) => readFile(file, 'utf8')));
    assert.equal(now.filter((text) => text.includes(newer)).length, 2);
    assert.deepEqual(await store.content(sha256('theirs')), utf8('theirs'));
  });
});
