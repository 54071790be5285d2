import assert from 'node:assert/strict';
import { utf8 } from '../../test/fakes/caches.ts';
import { memoEntryOf, sortMemos, unusedSince, type MemoEntry } from './memoization.ts';

const CREATED = '2026-11-20T08:00:00Z';
const HIT = '2026-11-23T10:00:00+02:00';
const WHOLE = {
  nodeID: 'wf-1',
  outputs: { parameters: [] },
  creationTimestamp: CREATED,
  lastHitTimestamp: HIT,
};
const memo = (content: unknown, key = 'step-1') =>
  memoEntryOf(key, {
    kind: 'text',
    bytes: utf8(typeof content === 'string' ? content : JSON.stringify(content)),
  });

describe('An entry of a memoization map', () => {
  it('has its node and its two times', () => {
    assert.deepEqual(memo(WHOLE), {
      kind: 'entry',
      nodeId: 'wf-1',
      created: Date.UTC(2026, 10, 20, 8),
      lastHit: Date.UTC(2026, 10, 23, 8),
    });
  });

  for (const absent of [null, undefined]) {
    it(`may have no outputs and no times: ${absent}`, () => {
      const entry = {
        nodeID: 'n',
        outputs: absent,
        creationTimestamp: absent,
        lastHitTimestamp: absent,
      };
      const expected = { kind: 'entry', nodeId: 'n', created: undefined, lastHit: undefined };
      assert.deepEqual(memo(entry), expected);
    });
  }

  const MALFORMED: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{"nodeID": ', /not a JSON object/],
    ['nothing', '', /not a JSON object/],
    ['a list', [WHOLE], /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a node that is a number', { ...WHOLE, nodeID: 1 }, /nodeID is not a text/],
    ['a node that is null', { ...WHOLE, nodeID: null }, /nodeID is not a text/],
    ['no node', { ...WHOLE, nodeID: undefined }, /never hit/],
    ['an empty node', { ...WHOLE, nodeID: '' }, /never hit/],
    ['outputs that are a list', { ...WHOLE, outputs: [] }, /outputs/],
    ['a time of no form', { ...WHOLE, creationTimestamp: 'yesterday' }, /creationTimestamp/],
    ['a time that is a number', { ...WHOLE, lastHitTimestamp: 1 }, /lastHitTimestamp/],
  ];
  for (const [what, content, problem] of MALFORMED) {
    it(`is malformed with ${what}`, () => {
      const found = memo(content);
      assert.equal(found.kind, 'malformed');
      assert.match(found.problem, problem);
    });
  }

  for (const key of ['_a', '-a', 'a.json', 'a_b']) {
    it(`is malformed under the key ${key}, for which Argo never asks`, () => {
      assert.equal(memo(WHOLE, key).kind, 'malformed');
    });
  }

  it('is malformed where it is binary: Argo reads text only', () => {
    const value = { kind: 'binary', bytes: utf8(JSON.stringify(WHOLE)) } as const;
    assert.equal(memoEntryOf('step-1', value).kind, 'malformed');
  });
});

describe('Entries of a memoization map', () => {
  const entry = (created?: number, lastHit?: number): MemoEntry => ({
    kind: 'entry',
    nodeId: 'n',
    created,
    lastHit,
  });
  const MEMOS = [
    { key: 'c', bytes: 10, memo: entry(300, 900) },
    { key: 'a', bytes: 30, memo: entry(100, 700) },
    { key: 'd', bytes: 20, memo: { kind: 'malformed', problem: 'p' } as const },
    { key: 'b', bytes: 30, memo: entry(200) },
    { key: 'e', bytes: 5, memo: entry() },
  ];
  const ORDERS = [
    ['key', 'abcde'],
    ['created', 'cbade'],
    ['lastHit', 'cabde'],
    ['size', 'abdce'],
  ] as const;
  for (const [order, expected] of ORDERS) {
    it(`are sorted by ${order}`, () => {
      assert.equal(
        sortMemos(MEMOS, order)
          .map(({ key }) => key)
          .join(''),
        expected,
      );
    });
  }

  it('are old by their last hit, by their creation where never hit, and else by nothing', () => {
    assert.deepEqual(unusedSince(MEMOS, 200), []);
    assert.deepEqual(unusedSince(MEMOS, 201), ['b']);
    assert.deepEqual(unusedSince(MEMOS, 701), ['a', 'b']);
    assert.deepEqual(unusedSince(MEMOS, Infinity), ['c', 'a', 'b']);
  });
});
