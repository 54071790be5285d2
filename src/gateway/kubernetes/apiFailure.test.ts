import assert from 'node:assert/strict';
import { HOSTILE_FLOOD, HOSTILE_WORDS, UNRULY } from '../../../test/fakes/hostileTexts.ts';
import type { FailureReason, NextStep } from '../../domain/failure.ts';
import { answerFailure, misread, unreachable, type Asked } from './apiFailure.ts';

const ASKED: Asked = {
  context: 'prod',
  deed: 'create ConfigMap argo/some-cache',
  cache: { context: 'prod', namespace: 'argo', name: 'some-cache' },
};

/** A `Status` as the API server writes it. */
const status = (code: number, reason: string, more: object = {}) =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, ...more });

const failureOf = (code: number, body: string, asked = ASKED) =>
  answerFailure(asked, { status: code, headers: { 'audit-id': 'abc-1' }, body: Buffer.from(body) });

describe('the failure of an answer', () => {
  // The reasons are those of apimachinery's `StatusReason`.
  const table: readonly (readonly [
    what: string,
    code: number,
    body: string,
    reason: FailureReason,
    next: NextStep,
    words: RegExp,
  ])[] = [
    ['401', 401, status(401, 'Unauthorized'), 'Unauthorized', 'openKubeconfig', /credentials/],
    ['403', 403, status(403, 'Forbidden'), 'Forbidden', 'copyAccessRequest', /may not create/],
    [
      '404 of an object',
      404,
      status(404, 'NotFound', { details: { kind: 'configmaps' } }),
      'NotFound',
      'reload',
      /nothing to create/,
    ],
    [
      '404 of its namespace',
      404,
      status(404, 'NotFound', { details: { kind: 'namespaces', name: 'argo' } }),
      'NotFound',
      'chooseNamespaces',
      /^The namespace argo does not exist in prod\.$/,
    ],
    ['406', 406, status(406, 'NotAcceptable'), 'Invalid', 'showLog', /format/],
    ['409', 409, status(409, 'Conflict'), 'Conflict', 'retry', /changed meanwhile/],
    ['410', 410, status(410, 'Expired'), 'Expired', 'reload', /too old/],
    [
      '413',
      413,
      status(413, 'RequestEntityTooLarge'),
      'RequestEntityTooLarge',
      'chooseAnotherSource',
      /too large/,
    ],
    ['415', 415, status(415, 'UnsupportedMediaType'), 'Invalid', 'showLog', /format/],
    [
      '422 with causes',
      422,
      status(422, 'Invalid', {
        details: {
          causes: [{ field: 'data[a/b]', message: 'Invalid value' }, { message: 'Too long' }],
        },
      }),
      'Invalid',
      'showLog',
      /refuses to create ConfigMap argo\/some-cache: data\[a\/b\]: Invalid value; Too long\.$/,
    ],
    [
      '429 in plain text',
      429,
      'Too many requests, please try again later.',
      'TooManyRequests',
      'retry',
      /overloaded/,
    ],
    [
      '429 with a status',
      429,
      status(429, 'TooManyRequests'),
      'TooManyRequests',
      'retry',
      /overloaded/,
    ],
    [
      '500 of a webhook that fails',
      500,
      status(500, 'InternalError'),
      'InternalError',
      'retry',
      /failed and could not/,
    ],
    [
      '502 of a proxy',
      502,
      '<html>Bad Gateway</html>',
      'InternalError',
      'retry',
      /failed and could not/,
    ],
    [
      '503 of a proxy',
      503,
      '<html>no healthy upstream</html>',
      'Unreachable',
      'retry',
      /not ready/,
    ],
    ['504', 504, status(504, 'Timeout'), 'Timeout', 'retry', /too long/],
  ];
  for (const [what, code, body, reason, next, words] of table) {
    it(`with ${what}: ${reason}, ${next}`, () => {
      const failure = failureOf(code, body);
      assert.equal(failure.reason, reason);
      assert.equal(failure.nextStep, next);
      assert.match(failure.message, words);
      assert.ok(failure.message.includes('prod') && failure.message.endsWith('.'), failure.message);
    });
  }

  it('is the same whatever its text says', () => {
    const message = 'Forbidden: configmaps is forbidden, 403, not found';
    assert.equal(failureOf(500, status(500, 'InternalError', { message })).reason, 'InternalError');
  });

  it('has the words of the server and the audit id for the log, not for the sentence', () => {
    const message = 'admission webhook "x" denied it';
    const failure = failureOf(500, status(500, 'InternalError', { message }));
    assert.ok(!failure.message.includes(message));
    assert.equal(failure.detail, `HTTP 500, InternalError, ${message}, audit id abc-1`);
    assert.match(failureOf(502, '<html>Bad Gateway</html>').detail ?? '', /Bad Gateway/);
  });

  it('has no more of what it says of single fields than a sentence holds, and on one line', () => {
    const causes = [{ field: 'spec.a', message: HOSTILE_WORDS }, { message: HOSTILE_FLOOD }];
    const { message } = failureOf(422, status(422, 'Invalid', { details: { causes } }));
    assert.match(message, /refuses to create ConfigMap argo\/some-cache: spec\.a: said \[Click\]/);
    assert.doesNotMatch(message, UNRULY);
    assert.ok(message.length < 1000, 'what VS Code shows of a notification');
  });

  it('leads to what can be named where a list is forbidden', () => {
    const asked = { context: 'prod', deed: 'list ConfigMaps in namespace argo', namespace: 'argo' };
    assert.equal(failureOf(403, '', asked).nextStep, 'nameCaches');
    const everywhere = { context: 'prod', deed: 'list namespaces' };
    assert.equal(failureOf(403, '', everywhere).nextStep, 'chooseNamespaces');
  });
});

describe('the failure of a connection', () => {
  it('names the context and what was wanted', () => {
    const failure = unreachable(ASKED, new Error('read ECONNRESET'));
    assert.equal(failure.reason, 'Unreachable');
    assert.match(failure.message, /prod cannot be reached, so it could not create ConfigMap/);
    assert.equal(failure.detail, 'read ECONNRESET');
  });

  it('that gave something unreadable is another one', () => {
    const failure = misread(ASKED, new SyntaxError('Unexpected token <'));
    assert.equal(failure.nextStep, 'showLog');
    assert.match(failure.message, /cannot be read/);
  });
});
