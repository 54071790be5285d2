import assert from 'node:assert/strict';
import { lackOf, type Start } from './installed.ts';

describe('what a start of a refresh lacks', () => {
  const both = 'this cluster has no Argo Events and no Argo Workflows';
  const cases: readonly (readonly [Start, boolean, boolean, string | undefined])[] = [
    ['webhook', true, true, undefined],
    ['webhook', false, true, 'this cluster has no Argo Events'],
    ['github', true, false, 'this cluster has no Argo Workflows'],
    ['object', false, false, both],
    ['schedule', false, true, undefined],
    ['schedule', true, false, 'this cluster has no Argo Workflows'],
    ['job', false, false, undefined],
  ];
  for (const [start, events, workflows, lack] of cases) {
    it(`${start}, with events ${events} and workflows ${workflows}`, () => {
      assert.equal(lackOf(start, { events, workflows, eventBus: undefined }), lack);
    });
  }
});
