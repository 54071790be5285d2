import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { questionsFor, roleFor } from './accessRequest.ts';

const rulesOf = (text: string) => (parse(text) as { rules: unknown }).rules;
const rule = (verbs: readonly string[], more: object = {}) => ({
  apiGroups: [''],
  resources: ['configmaps'],
  ...more,
  verbs,
});

describe('The role that is asked for', () => {
  const questions = questionsFor('argo', 'workflow-cache');

  it('has one rule for the namespace and one for the cache by its name', () => {
    assert.deepEqual(rulesOf(roleFor('argo', questions)), [
      rule(['list', 'watch']),
      rule(['get', 'patch'], { resourceNames: ['workflow-cache'] }),
    ]);
  });

  it('has only what is missing', () => {
    const missing = questions.filter(({ verb }) => verb === 'patch');
    assert.deepEqual(rulesOf(roleFor('argo', missing)), [
      rule(['patch'], { resourceNames: ['workflow-cache'] }),
    ]);
  });

  it('is for the namespace', () => {
    const { kind, metadata } = parse(roleFor('argo', questions)) as Record<string, unknown>;
    assert.equal(kind, 'Role');
    assert.deepEqual(metadata, { name: 'cache-configmaps', namespace: 'argo' });
  });
});
