import assert from 'node:assert/strict';
import type { PastVersion } from './past.ts';
import { versionWords } from './pastText.ts';

const RECORDED = '2026-11-24T02:00:05.678Z';
const NOW = Date.parse('2026-11-24T05:00:05Z');

const VERSION: PastVersion = {
  kind: 'version',
  at: RECORDED,
  uid: 'u',
  key: 'a.json',
  sha256: 'a'.repeat(64),
  bytes: 2048,
  stored: 'text',
  facts: {},
  certain: true,
};

function words(of: Partial<PastVersion>, more: { current?: boolean; deleted?: boolean } = {}) {
  return versionWords({ ...VERSION, ...of }, { now: NOW, current: false, deleted: false, ...more });
}

describe('A version in words', () => {
  it('is called by the time it was written, else by the time it was recorded', () => {
    assert.equal(words({}).label, '2026-11-24 02:00:05 UTC');
    assert.equal(words({ time: '2026-11-23T23:59:59Z' }).label, '2026-11-23 23:59:59 UTC');
  });

  it('has the age of the same time', () => {
    assert.match(words({ at: '2026-11-24T02:00:05.000Z' }).description, /^3 h ago · /);
    assert.match(words({ time: '2026-11-22T05:00:05Z' }).description, /^2 d ago · /);
    assert.match(
      words({ time: '2026-11-24T05:00:09Z' }).description,
      /^just now · /,
      'clocks differ',
    );
  });

  it('says what is known of it, and only that', () => {
    const at = '2026-11-24T02:00:05.000Z';
    assert.equal(words({ at }).description, '3 h ago · 2.0 KB');
    assert.equal(words({ at, manager: '' }).description, '3 h ago · 2.0 KB');
    assert.equal(
      words({ at, manager: 'kubectl', facts: { maxAge: '1h' } }).description,
      '3 h ago · by kubectl · 2.0 KB',
    );
  });

  const facts = { source: 'file:a.json', sha256: VERSION.sha256 };
  const origins = [
    ['the source of this content', { facts }, 'from file:a.json'],
    ['no source of a content that others wrote over', { facts: { ...facts, sha256: 'b' } }, ''],
    ['no source of what may be another content', { facts: { source: 'file:a.json' } }, ''],
    ['that it was edited, and no source', { facts, made: 'edited' }, 'edited'],
    ['that it was restored, and no source', { facts, made: 'restored' }, 'restored'],
  ] as const;
  for (const [what, of, part] of origins) {
    it(`says ${what}`, () => {
      const expected = ['3 h ago', ...(part === '' ? [] : [part]), '2.0 KB'].join(' · ');
      assert.equal(words({ at: '2026-11-24T02:00:05.000Z', ...of }).description, expected);
    });
  }

  const remarkable = [
    ['that it is there now', {}, { current: true }, 'in the cluster now'],
    ['that its ConfigMap is not', {}, { deleted: true }, 'of a ConfigMap that was deleted'],
    ['that nobody saw its end', { certain: false }, {}, 'not known whether it was written'],
  ] as const;
  for (const [what, of, more, part] of remarkable) {
    it(`says ${what}, where that is so`, () => {
      assert.ok(words(of, more).description.split(' · ').includes(part));
      assert.ok(!words({}).description.includes(part));
    });
  }
});
