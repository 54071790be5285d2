import assert from 'node:assert/strict';
import { lineInManifest } from './manifest.ts';

const MANIFEST = `apiVersion: v1
kind: Service
data: { map.json: "{}" }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: prices
data:
  # prices of today
  map.json: |
    {"a": 1}
  other.txt: "map.json"
`;

describe('A manifest', () => {
  const CASES: readonly (readonly [string, string, string, number | undefined])[] = [
    ['gives the line of a key with this content', 'map.json', '{"a": 1}\n', 11],
    ['gives that of a quoted one, too', 'other.txt', 'map.json', 13],
    ['gives none for another content', 'map.json', '{"a": 1}', undefined],
    ['gives none for what another kind holds', 'map.json', '{}', undefined],
    ['gives none for a key that it has not', 'more.txt', 'map.json', undefined],
  ];
  for (const [title, key, content, line] of CASES) {
    it(title, () => {
      assert.equal(lineInManifest(MANIFEST, { key, content }), line);
    });
  }

  for (const text of [
    '',
    '{{- if .Values.x }}\nkind: ConfigMap',
    'kind: ConfigMap\ndata: [1]',
    'kind: [',
  ]) {
    it(`that is none gives nothing: ${JSON.stringify(text)}`, () => {
      assert.equal(lineInManifest(text, { key: 'a', content: 'b' }), undefined);
    });
  }
});
