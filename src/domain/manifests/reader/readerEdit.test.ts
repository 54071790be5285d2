import assert from 'node:assert/strict';
import { DEPLOYMENT, lines } from '../../../../test/fakes/readerManifests.ts';
import { parseAllDocuments } from 'yaml';
import { readerEdit, type ReaderEdit, type ReaderRequest } from './readerEdit.ts';

const CACHE = { namespace: 'argo', name: 'workflow-cache' };

/** What becomes of a text in which `^` stands for the cursor, or of one with the cursor at its beginning. */
function edit(marked: string, wanted: Partial<ReaderRequest> = {}): ReaderEdit {
  const offset = Math.max(marked.indexOf('^'), 0);
  return readerEdit(marked.replace('^', ''), { cache: CACHE, offset, ...wanted });
}

function textOf(edited: ReaderEdit): string {
  if (edited.kind === 'edit') return edited.text;
  assert.fail(edited.kind === 'refused' ? edited.because : edited.kind);
}

describe('a reader in a manifest', () => {
  it('gets a volume and a mount; every line that was there stays, with its comments', () => {
    assert.equal(
      textOf(edit(DEPLOYMENT)),
      lines(
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata:',
        '  name: web # the shop',
        'spec:',
        '  template:',
        '    spec:',
        '      # one container',
        '      containers:',
        '        - name: web',
        '          image: image:1',
        '          # resources: {}',
        '          volumeMounts:',
        '            - name: workflow-cache',
        '              mountPath: /cache',
        '              readOnly: true',
        '      # the end',
        '      volumes:',
        '        - name: workflow-cache',
        '          configMap:',
        '            name: workflow-cache',
        '            optional: true',
      ),
    );
  });

  it('with lists that are not indented, four columns and no line break at the end', () => {
    const text = [
      'kind: Job',
      'spec:',
      '    template:',
      '        spec:',
      '            volumes:',
      '            - name: scratch',
      '              emptyDir: {}',
      '',
      '            containers:',
      '            -   name: run',
      '                args: ["a"] # last',
    ].join('\n');
    assert.equal(
      textOf(edit(text)),
      [
        'kind: Job',
        'spec:',
        '    template:',
        '        spec:',
        '            volumes:',
        '            - name: scratch',
        '              emptyDir: {}',
        '            -   name: workflow-cache',
        '                configMap:',
        '                    name: workflow-cache',
        '                    optional: true',
        '',
        '            containers:',
        '            -   name: run',
        '                args: ["a"] # last',
        '                volumeMounts:',
        '                -   name: workflow-cache',
        '                    mountPath: /cache',
        '                    readOnly: true',
      ].join('\n'),
    );
  });

  it('in flow style, and as JSON', () => {
    const flow = 'kind: Pod\nspec: { containers: [{ name: a, volumeMounts: [] }], volumes: [] }\n';
    assert.equal(
      textOf(edit(flow)),
      'kind: Pod\nspec: { containers: [{ name: a, volumeMounts: [{ name: workflow-cache, mountPath: /cache, readOnly: true }] }], volumes: [{ name: workflow-cache, configMap: { name: workflow-cache, optional: true } }] }\n',
    );
    const pod = { kind: 'Pod', spec: { containers: [{ name: 'a', image: 'b' }] } };
    const json = textOf(edit(JSON.stringify(pod, null, 2)));
    assert.deepEqual(JSON.parse(json), {
      kind: 'Pod',
      spec: {
        containers: [
          {
            ...pod.spec.containers[0],
            volumeMounts: [{ name: 'workflow-cache', mountPath: '/cache', readOnly: true }],
          },
        ],
        volumes: [
          { name: 'workflow-cache', configMap: { name: 'workflow-cache', optional: true } },
        ],
      },
    });
  });

  const spec = (...all: readonly string[]) =>
    lines('kind: Pod', 'spec:', ...all.map((line) => `  ${line}`));
  const variants: Readonly<Record<string, string>> = {
    'that ends with a block scalar': spec(
      'containers:',
      '- name: a',
      '  command:',
      '  - |',
      '    x',
      '    # y',
      '',
    ),
    'that ends with a block scalar that keeps its breaks': spec(
      'containers:',
      '- name: a',
      '  args:',
      '  - |+',
      '    x',
      '',
      '',
    ),
    'whose script begins like a mark': spec(
      'containers:',
      '- name: a',
      '  args: ["---"]',
      'x: |',
      '  --- x',
    ),
    'with an anchor at the container': spec(
      'containers:',
      '- &main',
      '  name: a',
      '  env: *none',
    ).replace('kind: Pod', 'x: &none []\nkind: Pod'),
    'with empty lists': spec('volumes:', 'containers:', '- name: a', '  volumeMounts: # none yet'),
    'with nothing for lists': spec(
      'volumes: null',
      'containers:',
      '- name: a',
      '  volumeMounts: ~',
    ),
    'with quoted names': spec('"volumes":', '- "name": x', "'containers':", '- "name": a'),
    'with a line that is folded': spec(
      'containers:',
      '- name: a',
      '  image: "b',
      '    c"',
      'x: a',
      '  b',
    ),
    'with several documents':
      `a: 1\n---\n${spec('containers:', '- name: a')}...\n---\nb: [\n`.replace('kind', '^kind'),
    'behind a directive': `%YAML 1.2\n---\n${spec('containers:', '- name: a')}`.replace(
      'kind',
      '^kind',
    ),
    'with windows line breaks': spec('containers:', '- name: a', '  # b').replaceAll('\n', '\r\n'),
    'with tabs where they may be': spec('containers:', '- name: a\t# b', '  image:\tx'),
    'with blank lines and comments at the end': `${spec('containers:', '- name: a', '', '# c')}\n# d\n\n`,
    'with trailing commas':
      'kind: Pod\nspec: {containers: [{name: a, volumeMounts: [{name: x, mountPath: /x,},],},], volumes: [{name: x,},],}\n',
    'with flow in a block': spec('containers: [{name: a}]'),
    'with block in the list alone': spec('containers:', '- {name: a}', 'volumes:', '- {name: x}'),
    'with words that have another meaning': spec(
      'containers:',
      '- name: a',
      '  args: [yes, 1e3, 0o7]',
    ),
  };
  for (const [title, marked] of Object.entries(variants)) {
    it(`adds and changes nothing else in one ${title}`, () => {
      const text = textOf(edit(marked));
      const before = marked.replace('^', '').split('\n');
      const after = text.split('\n');
      const flow = /[{[]|null|~|:$|: #/;
      // Each line is there as it was; only lists in one line have grown.
      let place = 0;
      for (const line of before.filter((each) => !flow.test(each.trimEnd()))) {
        place = after.indexOf(line, place);
        assert.ok(place >= 0, `${line}\n---\n${text}`);
      }
      const version = { version: '1.1' } as const;
      const pods = parseAllDocuments(text, version).flatMap((one) =>
        'errors' in one ? [one] : [],
      );
      const pod = pods.find((one) => one.get('kind') === 'Pod')?.toJS() as Pod;
      assert.deepEqual(pod.spec.volumes.at(-1), {
        name: 'workflow-cache',
        configMap: { name: 'workflow-cache', optional: true },
      });
      assert.deepEqual(pod.spec.containers[0]?.volumeMounts.at(-1), {
        name: 'workflow-cache',
        mountPath: '/cache',
        readOnly: true,
      });
      if (text.includes('\r')) assert.doesNotMatch(text, /[^\r]\n/);
      // A second time there is nothing to do.
      assert.equal(edit(text, { offset: text.indexOf('kind:') }).kind, 'there');
    });
  }

  interface Pod {
    readonly spec: {
      readonly volumes: readonly object[];
      readonly containers: readonly { readonly volumeMounts: readonly object[] }[];
    };
  }

  it('doubles nothing: a volume that is there is mounted, a mount that is there is used', () => {
    const volumes = ['volumes:', '- name: data', '  configMap: {name: workflow-cache}'];
    const mounted = edit(spec(...volumes, 'containers:', '- name: a'));
    assert.match(textOf(mounted), /volumeMounts:\n.* - name: data\n/);
    assert.equal(textOf(mounted).match(/configMap/g)?.length, 1);
    const mounts = [
      'containers:',
      '- name: a',
      '  volumeMounts:',
      '  - name: data',
      '    mountPath: /etc/x',
    ];
    assert.deepEqual(edit(spec(...volumes, ...mounts)), {
      kind: 'there',
      workload: 'Pod without a name',
      folder: '/etc/x',
    });
  });

  it('a part of the map or of the volume is not the whole folder', () => {
    const items = [
      'volumes:',
      '- name: workflow-cache',
      '  configMap:',
      '    name: workflow-cache',
      '    items: [{key: a, path: a}]',
    ];
    const second = textOf(edit(spec(...items, 'containers:', '- name: a')));
    assert.match(second, /- name: workflow-cache-2\n +configMap:\n +name: workflow-cache\n/);
    const whole = ['volumes:', '- name: data', '  configMap: {name: workflow-cache}'];
    const part = [
      'containers:',
      '- name: a',
      '  volumeMounts:',
      '  - {name: data, mountPath: /cache/x, subPath: x}',
    ];
    assert.match(
      textOf(edit(spec(...whole, ...part))),
      /- name: data\n +mountPath: \/workflow-cache\n/,
    );
  });

  it('names that are taken get a number, folders that are taken another name', () => {
    const taken = ['volumes:', '- name: workflow-cache', '  emptyDir: {}'];
    const mounts = [
      'containers:',
      '- name: a',
      '  volumeMounts:',
      '  - {name: workflow-cache, mountPath: /cache/}',
      '  - {name: x, mountPath: /workflow-cache}',
      '  - {name: y, mountPath: /}',
    ];
    const text = textOf(edit(spec(...taken, ...mounts)));
    assert.match(text, /- name: workflow-cache-2\n +mountPath: \/workflow-cache-2\n/);
    const dots = edit(spec('containers:', '- name: a'), {
      cache: { ...CACHE, name: `a.${'b'.repeat(80)}` },
    });
    assert.match(textOf(dots), /- name: a-b{58}\n/);
  });

  it('of several containers the one at the cursor is meant, and else it is asked', () => {
    const two = spec('containers:', '- name: a', '  image: x', '- name: b', '  image: ^y');
    assert.match(textOf(edit(two)), /name: b\n +image: y\n +volumeMounts/);
    const asked = edit(two.replace('^', ''));
    assert.deepEqual(asked, { kind: 'choose', workload: 'Pod without a name', names: ['a', 'b'] });
    const chosen = edit(two.replace('^', ''), { container: 'a' });
    assert.match(textOf(chosen), /name: a\n +image: x\n +volumeMounts/);
  });

  const TEMPLATE = lines(
    'apiVersion: argoproj.io/v1alpha1',
    'kind: WorkflowTemplate',
    'metadata: {name: deploy, namespace: argo}',
    'spec:',
    '  templates:',
    '  - name: main',
    '    steps: [[{name: one, template: one}]]',
    '  - name: one',
    '    script:',
    '      image: image:1',
    '      source: echo {{inputs.parameters.name}}',
    '  - name: two',
    '    containerSet:',
    '      containers:',
    '      - name: a',
    '      - name: b',
  );

  it('of a WorkflowTemplate the template at the cursor gets them', () => {
    const one = textOf(edit(TEMPLATE.replace('image:1', 'im^age:1')));
    assert.match(
      one,
      /source: echo .*\n {6}volumeMounts:\n {6}- name: workflow-cache\n.*\n.*\n {4}volumes:\n {4}- name: workflow-cache\n {6}configMap:\n/,
    );
    assert.match(
      textOf(edit(TEMPLATE.replace('- name: b', '- name: ^b'))),
      /name: b\n {8}volumeMounts:/,
    );
    const asked = edit(TEMPLATE);
    assert.deepEqual(asked.kind === 'choose' && asked.names, ['one', 'two/a', 'two/b']);
    const outer = TEMPLATE.replace(
      'spec:\n',
      'spec:\n  volumes: [{name: v, configMap: {name: workflow-cache}}]\n',
    );
    const reused = textOf(edit(outer, { container: 'one' }));
    assert.equal(reused.match(/configMap/g)?.length, 1);
    assert.match(reused, /- name: v\n +mountPath: \/cache\n/);
  });
});
