import assert from 'node:assert/strict';
import { DEPLOYMENT, lines } from '../../../../test/fakes/readerManifests.ts';
import { readerEdit, type ReaderEdit, type ReaderRequest } from './readerEdit.ts';

const CACHE = { namespace: 'argo', name: 'workflow-cache' };

/** What becomes of a text in which `^` stands for the cursor, or of one with the cursor at its beginning. */
function edit(marked: string, wanted: Partial<ReaderRequest> = {}): ReaderEdit {
  const offset = Math.max(marked.indexOf('^'), 0);
  return readerEdit(marked.replace('^', ''), { cache: CACHE, offset, ...wanted });
}

const spec = (...all: readonly string[]) =>
  lines('kind: Pod', 'spec:', ...all.map((line) => `  ${line}`));

describe('a manifest that no reader is put into', () => {
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['a value of Helm', DEPLOYMENT.replace('image:1', '{{ .Values.image }}'), /template of Helm/],
    [
      'a quoted value of Helm',
      DEPLOYMENT.replace('image:1', '"{{ .Values.image }}"'),
      /template of Helm/,
    ],
    [
      'a condition of Helm',
      DEPLOYMENT.replace('metadata:', '{{- if .x }}\nmetadata:'),
      /template of Helm/,
    ],
    [
      'an unknown value in place of one',
      DEPLOYMENT.replace('image:1', '{{ image }}'),
      /template of Helm/,
    ],
    [
      'broken YAML, with its line',
      `a: 1\n---\n${DEPLOYMENT.replace('image:', 'image: [^')}`,
      /^Line 1\d is no YAML: /,
    ],
    [
      'indentation by tabs',
      DEPLOYMENT.replace('  template', '\ttemplate'),
      /^Line \d is no YAML: .*[Tt]ab/,
    ],
    ['an empty file', '', /no manifest where the cursor is/],
    ['a list', '- a\n', /no manifest where the cursor is/],
    ['no kind', 'a: 1\n', /it has no kind/],
    [
      'a kind without containers',
      'kind: Service\nmetadata: {name: web}\n',
      /^Service web runs no containers/,
    ],
    ['no containers', 'kind: Pod\nspec: {}\n', /has no container/],
    [
      'another namespace',
      DEPLOYMENT.replace('  name: web', '  namespace: other\n  name: web'),
      /in namespace other, and the cache in argo/,
    ],
    [
      'a list behind an alias',
      spec('volumes: *v', 'containers:', '- name: a').replace('kind', 'x: &v []\nkind'),
      /behind an alias/,
    ],
    [
      'a list that others share',
      spec('volumes: &v [{name: x}]', 'containers:', '- name: a').concat('x: *v\n'),
      /without changing more/,
    ],
    [
      'a text in place of a list',
      spec('volumes: none', 'containers:', '- name: a'),
      /behind an alias|by hand/,
    ],
  ];
  for (const [title, text, words] of refusals) {
    it(`is refused in words for ${title}`, () => {
      const edited = edit(text);
      assert.match(edited.kind === 'refused' ? edited.because : edited.kind, words);
    });
  }

  it('only the document at the cursor has to be good', () => {
    const text = `{{ if }}\n---\n${DEPLOYMENT}---\na: [\n`;
    assert.equal(edit(text, { offset: text.indexOf('kind') }).kind, 'edit');
  });
});
