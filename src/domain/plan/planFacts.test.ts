import assert from 'node:assert/strict';
import { utf8 } from '../../../test/fakes/caches.ts';
import type { KeyPlan } from './cachePlan.ts';
import { valueOf } from '../content/content.ts';
import { factAnnotations, type KeyFacts } from '../facts.ts';
import { factChanges } from './planFacts.ts';
import type { Origin } from '../source.ts';

const NOW = '2026-11-24T02:00:00Z';
const TEXT = valueOf(utf8('x'));
const SHA = 'a'.repeat(64);
const OLD: Required<KeyFacts> = {
  source: 'https://example.com/old.json',
  refreshed: '2026-01-02T03:04:05Z',
  sha256: 'b'.repeat(64),
  maxAge: '24h',
};
const { source: OLD_SOURCE, refreshed: OLD_REFRESHED, sha256: OLD_SHA, maxAge: OLD_AGE } = OLD;

const FILE: Origin = { kind: 'file', uri: 'file:///home/anna/new%20data.json' };
const URL: Origin = { kind: 'url', url: 'https://anna:secret@example.com/new.json?token=x#top' };
const EDITOR: Origin = { kind: 'editor' };
const fromHistory = (facts: KeyFacts): Origin => ({ kind: 'history', at: NOW, facts });
const fromKey = (facts: KeyFacts): Origin => ({ kind: 'key', key: 'other', facts });

/** What becomes of the facts of a key that had `before`, by the names of the facts. */
function factsChanged({ source, after }: Pick<KeyPlan, 'source' | 'after'>, before: KeyFacts) {
  const key = 'a.json';
  const plan: KeyPlan = {
    ...{ key, source, format: 'JSON', before: valueOf(utf8('y')), after },
    ...{ entries: undefined, diff: undefined, verdicts: [{ kind: 'fits' }] },
  };
  const annotations = {
    ...factAnnotations(key, before),
    ...factAnnotations('other', { source: 'file:other', sha256: SHA }),
    'example.com/owner': 'team-b',
  };
  return factChanges(plan, { annotations, now: NOW, sha256: after && SHA });
}

const changes = (source: Origin, before: KeyFacts) => factsChanged({ source, after: TEXT }, before);

/** The same for a key that is deleted. */
const removals = (source: Origin, before: KeyFacts) =>
  factsChanged({ source, after: undefined }, before);

/** The annotations of the key under which the facts stand; `null` where they are to go. */
function annotated(facts: { readonly [F in keyof KeyFacts]: string | null }) {
  const names = { source: 'source', refreshed: 'refreshed', sha256: 'sha256', maxAge: 'max-age' };
  return Object.fromEntries(
    Object.entries(facts).map(([fact, value]) => [
      `${names[fact as keyof KeyFacts]}.cache-configmaps.dev/a.json`,
      value,
    ]),
  );
}

describe('The facts of a key whose new content', () => {
  type Expected = Parameters<typeof annotated>[0];
  const table: readonly (readonly [string, Origin, KeyFacts, Expected])[] = [
    [
      'comes from a file are written, and name no folder',
      FILE,
      {},
      { source: 'file:new data.json', refreshed: NOW, sha256: SHA },
    ],
    [
      'comes from a URL are written without credentials',
      URL,
      {},
      { source: 'https://example.com/new.json', refreshed: NOW, sha256: SHA },
    ],
    [
      'comes from a URL replace those of before, but for the age limit',
      URL,
      OLD,
      { source: 'https://example.com/new.json', refreshed: NOW, sha256: SHA },
    ],
    [
      'comes from the source that is named already do not name it again',
      { kind: 'url', url: OLD_SOURCE },
      OLD,
      { refreshed: NOW, sha256: SHA },
    ],
    ['was typed are none where there were none', EDITOR, {}, {}],
    ['was typed have the new SHA-256 where one was', EDITOR, OLD, { sha256: SHA }],
    [
      'was typed get no SHA-256 where none was',
      EDITOR,
      { source: OLD_SOURCE, refreshed: OLD_REFRESHED, maxAge: OLD_AGE },
      {},
    ],
    [
      'was typed are not written where the SHA-256 is the same',
      EDITOR,
      { ...OLD, sha256: SHA },
      {},
    ],
    ['was moved from another key come with it', fromKey(OLD), {}, OLD],
    [
      'was moved from a key without facts are gone',
      fromKey({}),
      OLD,
      { source: null, refreshed: null, sha256: null, maxAge: null },
    ],
    [
      'was moved are those of the other key alone',
      fromKey({ source: 'file:other', maxAge: '1h' }),
      OLD,
      { source: 'file:other', refreshed: null, sha256: null, maxAge: '1h' },
    ],
    [
      'was restored are those of then, but for the age limit of now',
      fromHistory({ source: 'file:then', sha256: SHA, maxAge: '1h' }),
      OLD,
      { source: 'file:then', refreshed: null, sha256: SHA },
    ],
    [
      'was restored have the age limit of then where there is none now',
      fromHistory({ maxAge: '1h' }),
      {},
      { maxAge: '1h' },
    ],
    [
      'was restored stay where they are the same',
      fromHistory({ source: OLD_SOURCE, refreshed: OLD_REFRESHED, sha256: OLD_SHA }),
      OLD,
      {},
    ],
  ];
  for (const [what, source, before, expected] of table) {
    it(what, () => {
      assert.deepEqual(changes(source, before), annotated(expected));
    });
  }
});

describe('The facts of a key that is deleted', () => {
  const none = { source: null, refreshed: null, sha256: null, maxAge: null };
  const origins = [FILE, URL, EDITOR, fromKey(OLD), fromHistory(OLD)];
  for (const source of origins) {
    it(`are removed, and only those that are there: ${source.kind}`, () => {
      assert.deepEqual(removals(source, OLD), annotated(none));
      assert.deepEqual(removals(source, { maxAge: '24h' }), annotated({ maxAge: null }));
      assert.deepEqual(removals(source, {}), {});
    });
  }
});
