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
  const verbs = questionsFor('argo', 'workflow-cache').map(({ verb }) => verb);

  it('is for the cache by its name alone', () => {
    assert.deepEqual(rulesOf(roleFor('argo', 'workflow-cache', verbs)), [
      rule(['get', 'list', 'watch', 'patch'], { resourceNames: ['workflow-cache'] }),
    ]);
  });

  it('has only what is missing', () => {
    assert.deepEqual(rulesOf(roleFor('argo', 'workflow-cache', ['patch'])), [
      rule(['patch'], { resourceNames: ['workflow-cache'] }),
    ]);
  });

  it('is for the namespace', () => {
    const { kind, metadata } = parse(roleFor('argo', 'workflow-cache', verbs)) as Record<
      string,
      unknown
    >;
    assert.equal(kind, 'Role');
    assert.deepEqual(metadata, { name: 'cache-configmaps', namespace: 'argo' });
  });
});
