import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { chance } from '../../../test/fakes/chance.ts';
import { hostileText } from '../../../test/fakes/hostileTexts.ts';
import { yamlText } from './yamlText.ts';

describe('objects as YAML', () => {
  it('keep their order, and texts are plain where nothing else can be read', () => {
    const object = {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name: 'some-name', labels: { 'app.kubernetes.io/name': 'x' } },
      spec: {
        schedule: '0 2 * * *',
        image: 'alpine/k8s:1.34.1',
        limit: 3600,
        flag: false,
        list: [],
      },
      args: ['sh', '-c', '# words\nset -eu\n\necho "x"  \n'],
    };
    assert.equal(
      yamlText(object, [{ path: ['spec', 'schedule'], text: 'daily at 02:00' }]),
      [
        'kind: CronJob',
        'apiVersion: batch/v1',
        'metadata:',
        '  name: some-name',
        '  labels:',
        '    app.kubernetes.io/name: x',
        'spec:',
        '  schedule: "0 2 * * *" # daily at 02:00',
        '  image: alpine/k8s:1.34.1',
        '  limit: 3600',
        '  flag: false',
        '  list: []',
        'args:',
        '  - sh',
        '  - "-c"',
        '  - "# words\\nset -eu\\n\\necho \\"x\\" \\ \\n"',
        '',
      ].join('\n'),
    );
  });

  it('D1: have a script as a literal block, with nothing behind its sign', () => {
    const script = 'set -eu\n\n  echo "$x" \\\n    more\n';
    const text = yamlText({ script });
    assert.equal(text, 'script: |\n  set -eu\n\n    echo "$x" \\\n      more\n');
    assert.deepEqual(parse(text), { script });
  });

  it('repeat what stands in two places, without anchors', () => {
    const shared = { name: 'x' };
    assert.equal(yamlText({ one: shared, two: shared }), 'one:\n  name: x\ntwo:\n  name: x\n');
  });

  it('give back 5,000 hostile texts, as values and as names, to parsers of YAML 1.1 and 1.2', () => {
    const below = chance(7);
    for (let number = 0; number < 5000; number++) {
      const text = hostileText(below);
      const object = { value: text, list: [text, { [`${text}x`]: text }], after: 'whole' };
      const yaml = yamlText(object);
      for (const version of ['1.1', '1.2'] as const) {
        assert.deepEqual(parse(yaml, { version }), object, JSON.stringify(text));
      }
    }
  });
});
