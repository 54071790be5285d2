import assert from 'node:assert/strict';
import { REF } from '../../test/fakes/caches.ts';
import {
  cacheGone,
  changedSince,
  credentialsWanted,
  Failure,
  isFailure,
  sourceFailure,
  sourceTooLarge,
  writeUnclear,
} from './failure.ts';

const SOURCE = 'https://example.com/a.json';

describe('A failure', () => {
  it('is known as one, also when the other bundle made it', () => {
    assert.equal(isFailure(cacheGone(REF)), true);
    const other = Object.assign(new Error('The cache is gone.'), {
      name: 'Failure',
      reason: 'NotFound',
      nextStep: 'reload',
    });
    assert.equal(isFailure(other), true);
  });

  for (const error of [
    new Error('x'),
    new DOMException('x', 'AbortError'),
    'Failure',
    null,
    undefined,
    {},
  ]) {
    it(`is not ${error instanceof Error ? error.name : JSON.stringify(error)}`, () => {
      assert.equal(isFailure(error), false);
    });
  }

  const table = [
    [cacheGone(REF), 'NotFound', 'argo/workflow-cache'],
    [writeUnclear(REF, 'ECONNRESET'), 'Unreachable', 'argo/workflow-cache'],
    [changedSince(REF), 'Conflict', 'argo/workflow-cache'],
    [sourceTooLarge(SOURCE, 8 * 1024 * 1024), 'Source', SOURCE],
    [sourceFailure(SOURCE, 'answered 404 Not Found'), 'Source', SOURCE],
    [credentialsWanted(SOURCE, 'https://example.com', 401), 'CredentialsWanted', SOURCE],
    [credentialsWanted(SOURCE, 'https://example.com', 403), 'CredentialsWanted', SOURCE],
  ] as const;
  for (const [failure, reason, subject] of table) {
    it(`says in a sentence what happened to what: ${failure.message.slice(0, 60)}`, () => {
      assert.ok(failure instanceof Failure);
      assert.equal(failure.reason, reason);
      assert.ok(failure.message.includes(subject), failure.message);
      assert.match(failure.message, /^\S.*\.$/);
      assert.doesNotMatch(failure.message, /undefined|!/);
    });
  }

  it('says what is not known after a write without an answer, and keeps the detail for the log', () => {
    const failure = writeUnclear(REF, 'read ECONNRESET');
    assert.match(failure.message, /not known/);
    assert.equal(failure.detail, 'read ECONNRESET');
    assert.ok(!failure.message.includes('ECONNRESET'));
  });

  it('of a source says that nothing was written, and offers another source or credentials', () => {
    const one = sourceFailure(SOURCE, 'answered 404 Not Found', 'not here');
    assert.match(one.message, /answered 404 Not Found.*Nothing was written/);
    assert.deepEqual([one.nextStep, one.detail], ['chooseAnotherSource', 'not here']);
    const two = credentialsWanted(SOURCE, 'https://example.com', 401);
    assert.match(two.message, /401.*Nothing was written/);
    assert.deepEqual([two.nextStep, two.subject], ['enterCredentials', 'https://example.com']);
    assert.match(credentialsWanted(SOURCE, 'https://example.com', 403).message, /403/);
  });

  it('of a source that is too large names both limits', () => {
    assert.match(sourceTooLarge(SOURCE, 8 * 1024 * 1024).message, /8\.0 MB.*1 MB/);
  });
});
