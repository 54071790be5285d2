import assert from 'node:assert/strict';
import './buildFirst.ts';
import { startControlPlane, type ControlPlane } from './controlPlane.ts';
import { createUser, type PolicyRule } from './users.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

const getOne: PolicyRule = {
  apiGroups: [''],
  resources: ['configmaps'],
  resourceNames: ['one'],
  verbs: ['get'],
};

interface Review {
  readonly status: { readonly userInfo: { username: string; groups: string[] } };
}

describe('a user', () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
    await plane.kubectl(['create', 'namespace', 'other']);
    for (const namespace of ['default', 'other']) {
      await plane.kubectl(['create', 'configmap', 'one', '--namespace', namespace]);
      await plane.kubectl(['create', 'configmap', 'two', '--namespace', namespace]);
    }
  });
  after(() => plane.stop());

  const whoIs = async (kubeconfig: string) => {
    const said = await plane.kubectl(['auth', 'whoami', '--output=json'], { kubeconfig });
    return (JSON.parse(said) as Review).status.userInfo;
  };

  for (const credential of ['certificate', 'token'] as const) {
    describe(`with a ${credential} and one right`, () => {
      let kubeconfig: string;
      before(async () => {
        const grants = [{ namespace: 'default', rules: [getOne] }];
        kubeconfig = await createUser(plane, { name: `one-${credential}`, grants, credential });
      });

      it('is the one that it is called', async () => {
        const { username } = await whoIs(kubeconfig);
        const prefix = credential === 'token' ? 'system:serviceaccount:default:' : '';
        assert.equal(username, `${prefix}one-${credential}`);
      });

      it('gets that ConfigMap', async () => {
        const got = await plane.kubectl(['get', 'configmap', 'one', '--output=name'], {
          kubeconfig,
        });
        assert.equal(got, 'configmap/one\n');
      });

      for (const args of [
        ['get', 'configmap', 'two'],
        ['get', 'configmap', 'one', '--namespace=other'],
        ['get', 'configmaps'],
        ['label', 'configmap', 'one', 'a=b'],
        ['create', 'configmap', 'three'],
        ['get', 'namespaces'],
      ]) {
        it(`may not ${args.join(' ')}`, async () => {
          await assert.rejects(plane.kubectl(args, { kubeconfig }), /forbidden/i);
        });
      }

      it('has no other right on ConfigMaps, Secrets and Pods, as kubectl sees it', async () => {
        const rights: string[] = [];
        for (const object of ['configmap/one', 'configmap/two', 'secrets', 'pods']) {
          for (const verb of VERBS) {
            const question = ['auth', 'can-i', verb, object];
            // It ends with a code of its own when the answer is no.
            const answer = await plane.kubectl(question, { kubeconfig }).catch(() => 'no');
            if (answer.trim() === 'yes') rights.push(`${verb} ${object}`);
          }
        }
        assert.deepEqual(rights, ['get configmap/one']);
      });
    });
  }

  it('has a right in every namespace where none is named', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    const kubeconfig = await createUser(plane, {
      name: 'lister',
      grants: [{ rules }],
      credential: 'token',
    });
    const listed = await plane.kubectl(
      ['get', 'configmaps', '--all-namespaces', '--output=jsonpath={.items[*].metadata.namespace}'],
      { kubeconfig },
    );
    assert.deepEqual(
      listed.split(' ').filter((namespace) => ['default', 'other'].includes(namespace)),
      ['default', 'default', 'other', 'other'],
    );
    await assert.rejects(
      plane.kubectl(['get', 'configmap', 'one'], { kubeconfig }),
      /cannot get resource/,
    );
  });

  it('without a grant may nothing', async () => {
    const kubeconfig = await createUser(plane, {
      name: 'nobody',
      grants: [],
      credential: 'certificate',
    });
    const read = plane.kubectl(['get', 'configmap', 'one'], { kubeconfig });
    await assert.rejects(read, /User "nobody" cannot get resource/);
  });

  it('with a certificate is in the groups that it is given', async () => {
    const kubeconfig = await createUser(plane, {
      name: 'member',
      groups: ['blue', 'system:masters'],
      grants: [],
      credential: 'certificate',
    });
    const { groups } = await whoIs(kubeconfig);
    assert.deepEqual(groups.sort(), ['blue', 'system:authenticated', 'system:masters']);
  });

  it('has the context and the namespace that are asked for', async () => {
    const kubeconfig = await createUser(plane, {
      name: 'placed',
      grants: [{ namespace: 'other', rules: [getOne] }],
      credential: 'token',
      context: 'elsewhere',
      namespace: 'other',
    });
    const ask = (args: string[]) => plane.kubectl(args, { kubeconfig });
    assert.equal(await ask(['config', 'current-context']), 'elsewhere\n');
    const got = ['get', 'configmap', 'one', '--output=jsonpath={.metadata.namespace}'];
    assert.equal(await ask(got), 'other');
  });
});
