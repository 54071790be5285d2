import assert from 'node:assert/strict';
import { kubectlCommand, type KubectlWrite } from './kubectlCommand.ts';

const WRITE: KubectlWrite = {
  where: { context: 'demo', namespace: 'argo' },
  deed: { kind: 'patch', name: 'workflow-cache' },
  body: { metadata: { resourceVersion: '7' }, data: { key: "it's" } },
  kubeconfig: undefined,
};

describe('a write as a command of kubectl', () => {
  it('names context and namespace, and has what is written in a here-document', () => {
    assert.equal(
      kubectlCommand([WRITE]),
      [
        'kubectl --context=demo --namespace=argo patch configmap workflow-cache --type=merge' +
          " --field-manager=cache-configmaps --patch-file=/dev/stdin <<'JSON'",
        '{',
        '  "metadata": {',
        '    "resourceVersion": "7"',
        '  },',
        '  "data": {',
        `    "key": "it's"`,
        '  }',
        '}',
        'JSON',
        '',
      ].join('\n'),
    );
  });

  it('creates what is not there yet', () => {
    const body = { kind: 'ConfigMap' };
    const [command] = kubectlCommand([{ ...WRITE, deed: { kind: 'create' }, body }]).split('\n');
    assert.equal(
      command,
      "kubectl --context=demo --namespace=argo create --field-manager=cache-configmaps --filename=- <<'JSON'",
    );
  });

  it('applies objects one after the other, and stops at the first that fails', () => {
    const apply = (takesOver: boolean) => ({
      ...WRITE,
      deed: { kind: 'apply', takesOver } as const,
      body: { kind: 'Role' },
    });
    const line =
      'kubectl --context=demo --namespace=argo apply --server-side --field-manager=cache-configmaps';
    const json = '{\n  "kind": "Role"\n}\nJSON\n';
    assert.equal(
      kubectlCommand([apply(false), apply(true)]),
      `${line} --filename=- <<'JSON' &&\n${json}${line} --force-conflicts --filename=- <<'JSON'\n${json}`,
    );
  });

  it('quotes names, and names the kubeconfig that a terminal would not read', () => {
    const where = { ...WRITE.where, context: "it's $(x)" };
    const command = kubectlCommand([{ ...WRITE, where, kubeconfig: '/a b:/c' }]);
    assert.ok(
      command.startsWith(`KUBECONFIG='/a b:/c' kubectl --context='it'\\''s $(x)' --namespace=argo`),
      command,
    );
  });

  it('escapes what a terminal may act upon or nobody sees', () => {
    const text = '\u0000\u001b[31m\u007f\u009b\u202e\u2066\ufeffé';
    const command = kubectlCommand([{ ...WRITE, body: { text } }]);
    const [, json = ''] = command.split(/\n(.*)JSON\n$/s);
    assert.match(json, /^[\n -~é]*$/);
    assert.deepEqual(JSON.parse(json), { text });
  });
});
