import assert from 'node:assert/strict';
import { manifestObjects, objectsLeft, printObject } from './manifestObject.ts';

const WHERE = { context: 'demo', namespace: 'argo' };

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

/** A manifest of an object with that name. */
function manifest(kind: string, more = ''): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: x\n${more}`;
}

describe('the objects of manifests', () => {
  it('are applied after what they need, and those that set something going last', () => {
    const kinds = [
      'CronJob',
      'Sensor',
      'RoleBinding',
      'ConfigMap',
      'EventBus',
      'ServiceAccount',
      'Role',
    ];
    const files = [{ name: 'all.yaml', text: kinds.map((kind) => manifest(kind)).join('---\n') }];
    assert.deepEqual(
      manifestObjects(files, WHERE).map(({ kind }) => kind),
      ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'EventBus', 'Sensor', 'CronJob'],
    );
  });

  it('are in the namespace that they name, else in that of the scaffold; a kustomization is none', () => {
    const kustomization = `${KUSTOMIZATION}resources: [a.yaml, ./empty.yaml]\n`;
    const files = [
      { name: 'a.yaml', text: `${manifest('Role')}---\n${manifest('Role', '  namespace: own\n')}` },
      { name: 'kustomization.yaml', text: kustomization },
      { name: 'empty.yaml', text: '# nothing yet\n' },
    ];
    assert.deepEqual(
      manifestObjects(files, WHERE).map(({ namespace }) => namespace),
      ['argo', 'own'],
    );
  });

  it('are not made of what is none', () => {
    for (const text of [
      'a: [',
      'just words',
      'kind: Role\nmetadata: {name: x}',
      manifest('Role').replace('name', 'generateName'),
    ]) {
      assert.throws(
        () => manifestObjects([{ name: 'role.yaml', text }], WHERE),
        /The file role.yaml .* Nothing was applied/,
        text,
      );
    }
  });

  it('are not applied past a kustomization that makes something else of them', () => {
    const cases = [
      ['resources: [a.yaml, b.yaml]\npatches: [{path: p.yaml}]\n', 'has patches'],
      [
        'resources: [a.yaml, b.yaml]\nnamePrefix: x-\nnamespace: own\n',
        'has namePrefix, namespace',
      ],
      ['resources: [a.yaml, b.yaml, ../base]\n', 'names ../base'],
      ['resources: [a.yaml]\n', 'does not name b.yaml'],
      ['', 'does not name a.yaml, b.yaml'],
      ['resources: [a.yaml, c.yaml]\n', 'names c.yaml and does not name b.yaml'],
    ];
    for (const [text = '', words = ''] of cases) {
      const files = [
        { name: 'a.yaml', text: manifest('Role') },
        { name: 'b.yaml', text: manifest('CronJob') },
        { name: 'kustomization.yaml', text: `${KUSTOMIZATION}${text}` },
      ];
      const message = `kustomization.yaml ${words}, which only kubectl knows how to apply. Nothing was applied. Run: kubectl apply -k 'k8s/a b' --server-side --context demo`;
      assert.throws(() => manifestObjects(files, WHERE, 'k8s/a b'), { message });
    }
  });
});

describe('what may be left of files in a cluster', () => {
  const left = (files: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) => {
    const [before, after] = [files, now].map((each) =>
      Object.entries(each).map(([name, text]) => ({ name, text })),
    );
    return objectsLeft(before ?? [], after ?? [], WHERE).map(printObject);
  };

  it('is what no file of the scaffold makes, wherever it stands', () => {
    const files = { 'role.yaml': manifest('Role'), 'bus.yaml': manifest('EventBus') };
    const now = { 'all.yaml': `${manifest('CronJob')}---\n${manifest('Role')}` };
    assert.deepEqual(left(files, now), ['EventBus argo/x']);
    assert.deepEqual(left({ 'all.yaml': now['all.yaml'] }, files), ['CronJob argo/x']);
    const other = { 'role.yaml': manifest('Role', '  namespace: other\n') };
    assert.deepEqual(left(other, now), ['Role other/x']);
  });

  it('is not known of what cannot be read, and nothing of what is no manifest', () => {
    const kustomization = `${KUSTOMIZATION}namePrefix: x-\n`;
    const files = {
      'a.yaml': 'a: [',
      'b.yaml': manifest('Role'),
      'kustomization.yaml': kustomization,
    };
    assert.deepEqual(left({ ...files, 'refresh.sh': 'kind: Role' }, {}), ['Role argo/x']);
  });
});
