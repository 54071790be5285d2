import assert from 'node:assert/strict';
import { problemOfFolder } from './scaffold.ts';

describe('the folder of a scaffold', () => {
  it('is within that of the workspace', () => {
    for (const folder of ['k8s/workflow-cache-refresh', '.', 'a b/..c', '.k8s']) {
      assert.equal(problemOfFolder(folder), undefined, folder);
    }
    for (const folder of ['', '  ', '/etc', '..', 'k8s/../..', '../k8s', 'k8s\\refresh']) {
      assert.notEqual(problemOfFolder(folder), undefined, folder);
    }
  });
});
