import assert from 'node:assert/strict';
import { isFailure, type Failure } from '../src/domain/failure.ts';

/** The failure of work that must fail with one. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isFailure(error), String(error));
  return error;
}
