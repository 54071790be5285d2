import assert from 'node:assert/strict';
import { argoSpecOf, type ArgoSpec, type TemplateHolder } from './argoSpec.ts';
import { usesOfSpec } from './argoUses.ts';
import { JsonReader } from './json.ts';

const read = (spec: unknown) => argoSpecOf(spec, new JsonReader());
const nothing = () => undefined;
const mounting = (volume: string) => ({
  image: 'app',
  volumeMounts: [{ name: volume, mountPath: '/cache' }],
});
const volume = (name: string, map: string) => ({ name, configMap: { name: map } });
const keyRef = (name: string, key?: string) => ({
  configMapKeyRef: { name, ...(key === undefined ? {} : { key }) },
});

/** What a spec reads, in short: how, what, and where. */
function short(spec: unknown, find: (holder: TemplateHolder) => ArgoSpec | undefined = nothing) {
  return usesOfSpec(read(spec), find).map(({ way, maps, place }) => [way, maps[0], place]);
}

describe('A workflow reads', () => {
  it('the volumes of its spec that a container of a template mounts', () => {
    const spec = {
      volumes: [volume('v', 'cache'), volume('unused', 'other')],
      templates: [
        { name: 'one', container: mounting('v') },
        { name: 'two', container: mounting('none') },
      ],
    };
    assert.deepEqual(short(spec), [['volume', 'cache', 'one/main']]);
  });

  it('the volume of a template before one of the same name of the spec', () => {
    const spec = {
      volumes: [volume('v', 'of-spec')],
      templates: [
        { name: 'one', volumes: [volume('v', 'of-template')], script: mounting('v') },
        { name: 'two', script: mounting('v') },
      ],
    };
    assert.deepEqual(short(spec), [
      ['volume', 'of-template', 'one/main'],
      ['volume', 'of-spec', 'two/main'],
    ]);
  });

  it('by containers of every sort, each by its name', () => {
    const named = (name: string) => ({ ...mounting('v'), name });
    const spec = {
      volumes: [volume('v', 'cache')],
      templates: [
        {
          name: 't',
          initContainers: [named('init'), { ...named('kept'), restartPolicy: 'Always' }],
          containerSet: { containers: [named('set')] },
          sidecars: [named('side')],
          container: named('own'),
        },
      ],
    };
    const uses = usesOfSpec(read(spec), nothing).map(({ place, role }) => [place, role]);
    assert.deepEqual(uses.sort(), [
      ['t/init', 'init'],
      ['t/kept', 'container'],
      ['t/own', 'container'],
      ['t/set', 'container'],
      ['t/side', 'container'],
    ]);
  });

  it('what all containers of a set mount', () => {
    const containers = [{ name: 'one' }, { ...mounting('w'), name: 'two' }];
    const spec = {
      volumes: [volume('v', 'shared'), volume('w', 'own')],
      templates: [{ name: 't', containerSet: { ...mounting('v'), containers } }],
    };
    assert.deepEqual(short(spec), [
      ['volume', 'shared', 't/one'],
      ['volume', 'shared', 't/two'],
      ['volume', 'own', 't/two'],
    ]);
  });

  it('what its templates have by default, and those that stand inside steps and tasks', () => {
    const container = (name: string) => ({ envFrom: [{ configMapRef: { name } }] });
    const inner = { container: container('inner'), dag: { tasks: [{ inline: deep() }] } };
    function deep() {
      return { script: container('deep') };
    }
    const spec = {
      templateDefaults: { container: container('default') },
      templates: [{ name: 't', steps: [[{ inline: inner }]] }],
    };
    assert.deepEqual(short(spec), [
      ['envFrom', 'inner', 't/main'],
      ['envFrom', 'deep', 't/main'],
      ['envFrom', 'default', 'templateDefaults/main'],
    ]);
  });

  it('parameters of its hooks and of those of a task', () => {
    const hooks = (name: string) => ({
      exit: { arguments: { parameters: [{ name: 'p', valueFrom: keyRef(name, 'k') }] } },
    });
    const steps = [[{ hooks: hooks('of-step') }]];
    const spec = { hooks: hooks('of-spec'), templates: [{ name: 't', steps }] };
    assert.deepEqual(short(spec), [
      ['parameter', 'of-spec', 'spec'],
      ['parameter', 'of-step', 't'],
    ]);
  });

  it('variables of a container, under the name that Argo gives it', () => {
    const container = { envFrom: [{ configMapRef: { name: 'cache' } }] };
    assert.deepEqual(short({ templates: [{ name: 't', container }] }), [
      ['envFrom', 'cache', 't/main'],
    ]);
  });

  it('parameters: of the whole, of a template, and of its steps and tasks', () => {
    const parameters = (name: string) => ({
      parameters: [
        { name: 'p', valueFrom: keyRef(name, 'k') },
        { name: 'q', value: 'x' },
      ],
    });
    const spec = {
      arguments: parameters('whole'),
      templates: [
        { name: 'input', inputs: parameters('input') },
        { name: 'steps', steps: [[{ arguments: parameters('step') }], [{}]] },
        { name: 'flat', steps: [{ arguments: parameters('flat') }] },
        { name: 'dag', dag: { tasks: [{ arguments: parameters('task') }] } },
      ],
    };
    assert.deepEqual(short(spec), [
      ['parameter', 'whole', 'spec'],
      ['parameter', 'input', 'input'],
      ['parameter', 'step', 'steps'],
      ['parameter', 'flat', 'flat'],
      ['parameter', 'task', 'dag'],
    ]);
    assert.ok(usesOfSpec(read(spec), nothing).every(({ keys }) => keys?.join() === 'k'));
  });

  it('semaphores, in the form of a list and in the older one, also of another namespace', () => {
    const spec = {
      synchronization: { semaphore: keyRef('old', 'k') },
      templates: [
        {
          name: 't',
          synchronization: {
            semaphores: [keyRef('new'), { ...keyRef('far', 'k'), namespace: 'shared' }],
            mutexes: [{ name: 'm' }],
          },
        },
      ],
    };
    const uses = usesOfSpec(read(spec), nothing);
    assert.deepEqual(
      uses.map(({ way, maps, place, namespace }) => [way, maps[0], place, namespace]),
      [
        ['semaphore', 'old', 'spec', undefined],
        ['semaphore', 'new', 't', undefined],
        ['semaphore', 'far', 't', 'shared'],
      ],
    );
  });

  it('the map of a memoized template, and an artifact repository by the name that it has by default', () => {
    const memoize = { key: 'k', cache: { configMap: { name: 'memos' } } };
    const template = { templates: [{ name: 't', memoize }] };
    assert.deepEqual(short(template), [['memoization', 'memos', 't']]);
    const repository = (ref: object) => short({ artifactRepositoryRef: ref });
    assert.deepEqual(repository({ configMap: 'mine', key: 'k' }), [
      ['artifactRepository', 'mine', 'spec'],
    ]);
    assert.deepEqual(repository({ key: 'k' }), [
      ['artifactRepository', 'artifact-repositories', 'spec'],
    ]);
    assert.deepEqual(repository({}), []);
  });

  it('perhaps what stands in its manifests and patches', () => {
    const manifest = 'kind: ConfigMap\nmetadata:\n  name: my-cache\n';
    const spec = {
      podSpecPatch: 'volumes: [{configMap: {name: patched}}]',
      templates: [{ name: 't', resource: { manifest }, podSpecPatch: '{}' }],
    };
    const uses = usesOfSpec(read(spec), nothing);
    assert.deepEqual(
      uses.map(({ way, place }) => [way, place]),
      [
        ['text', 'spec'],
        ['text', 't'],
      ],
    );
    assert.ok(uses[0]?.maps.includes('patched'));
    assert.ok(uses[1]?.maps.includes('my-cache'));
  });

  it('nothing where it is anything else', () => {
    for (const spec of [undefined, null, 'x', 4, [], { templates: 'x' }, { templates: [4] }]) {
      assert.deepEqual(short(spec), []);
    }
  });
});

describe('What a workflow takes from templates of others', () => {
  const holders = new Map<string, ArgoSpec>();
  const find = ({ name, isCluster }: TemplateHolder) =>
    holders.get(`${isCluster ? 'cluster ' : ''}${name}`);
  beforeEach(() => {
    holders.clear();
  });

  it('is all of it, with its volumes and what it refers to', () => {
    holders.set(
      'library',
      read({
        volumes: [volume('v', 'theirs')],
        synchronization: { semaphore: keyRef('limits') },
        templates: [{ name: 't', container: mounting('v') }],
      }),
    );
    const spec = { workflowTemplateRef: { name: 'library' } };
    assert.deepEqual(short(spec, find), [
      ['semaphore', 'limits', 'spec'],
      ['volume', 'theirs', 't/main'],
    ]);
    assert.deepEqual(short(spec), [], 'as long as it is not there, nothing is known of it');
  });

  it('is what a template calls: a volume of the caller stands for it there', () => {
    // A template that is called by `templateRef` has the volumes of the calling workflow.
    holders.set(
      'library',
      read({
        volumes: [volume('v', 'theirs')],
        templates: [
          { name: 'called', container: mounting('v') },
          { name: 'other', container: { envFrom: [{ configMapRef: { name: 'no' } }] } },
        ],
      }),
    );
    const step = { templateRef: { name: 'library', template: 'called' } };
    const spec = { volumes: [volume('v', 'mine')], templates: [{ name: 'main', steps: [[step]] }] };
    assert.deepEqual(short(spec, find), [['volume', 'mine', 'called/main']]);
  });

  it('is found over several calls, each once, and round a ring of them', () => {
    const calling = (name: string, to: string) => ({
      name,
      container: { envFrom: [{ configMapRef: { name: `map-${name}` } }] },
      dag: { tasks: [{ templateRef: { name: 'library', template: to } }] },
    });
    holders.set('library', read({ templates: [calling('a', 'b'), calling('b', 'a')] }));
    const task = { templateRef: { name: 'library', template: 'a' } };
    const spec = { templates: [{ name: 'main', dag: { tasks: [task, task] } }] };
    assert.deepEqual(
      short(spec, find)
        .map(([, map]) => map)
        .sort(),
      ['map-a', 'map-b'],
    );
  });

  it('is what a called template calls in its own holder, and not one of that name of the caller', () => {
    const reading = (name: string, map: string) => ({
      name,
      container: { envFrom: [{ configMapRef: { name: map } }] },
    });
    const outer = { name: 'outer', steps: [[{ template: 'helper' }]] };
    holders.set('library', read({ templates: [outer, reading('helper', 'theirs')] }));
    const hook = { exit: { templateRef: { name: 'library', template: 'outer' } } };
    const step = { template: 'helper', hooks: hook };
    const spec = { templates: [{ name: 'main', steps: [[step]] }, reading('helper', 'mine')] };
    assert.deepEqual(
      short(spec, find).map(([, map]) => map),
      ['mine', 'theirs'],
    );
  });

  it('is what the hooks of a spec call, its own or those of the spec that it takes', () => {
    const reading = {
      name: 'send',
      container: { envFrom: [{ configMapRef: { name: 'theirs' } }] },
    };
    holders.set('library', read({ templates: [reading] }));
    const hooks = { exit: { templateRef: { name: 'library', template: 'send' } } };
    assert.deepEqual(short({ hooks }, find), [['envFrom', 'theirs', 'send/main']]);
    holders.set('taken', read({ hooks }));
    const taking = { workflowTemplateRef: { name: 'taken' } };
    assert.deepEqual(short(taking, find), [['envFrom', 'theirs', 'send/main']]);
  });

  it('is of the whole cluster where the reference says so', () => {
    const one = read({ templates: [{ name: 't', inputs: {} }], arguments: {} });
    holders.set('cluster library', one);
    const asked: TemplateHolder[] = [];
    const spec = { workflowTemplateRef: { name: 'library', clusterScope: true } };
    usesOfSpec(read(spec), (holder) => {
      asked.push(holder);
      return find(holder);
    });
    assert.deepEqual(asked, [{ name: 'library', isCluster: true }]);
    assert.equal(read({ workflowTemplateRef: { name: '' } }).from, undefined);
  });
});
