import assert from 'node:assert/strict';
import { planFile, type FilePlan } from './filePlan.ts';

const name = 'cronjob.yaml';
const BASE =
  'kind: CronJob\nspec:\n  schedule: "0 2 * * *"\n  suspend: false\n  limit: 3\nend: 1\n';
const FRESH = BASE.replace('0 2', '0 4');

/** What becomes of a file that was changed by hand from `BASE`. */
function changedBy(edit: (text: string) => string, base: string | undefined = BASE): FilePlan {
  return planFile({ name, there: edit(BASE), base, scaffold: FRESH });
}

describe('a scaffold beside what is there', () => {
  it('is created where nothing is, also where it was scaffolded before', () => {
    for (const base of [undefined, BASE]) {
      assert.deepEqual(planFile({ name, there: undefined, base, scaffold: FRESH }), {
        kind: 'create',
        text: FRESH,
      });
    }
  });

  it('leaves a file alone that holds it already', () => {
    for (const base of [undefined, BASE]) {
      assert.deepEqual(planFile({ name, there: FRESH, base, scaffold: FRESH }), {
        kind: 'leave',
        text: FRESH,
      });
    }
  });

  it('leaves changes by hand alone where it is as it was', () => {
    const there = BASE.replace('limit: 3', 'limit: 9');
    assert.deepEqual(planFile({ name, there, base: BASE, scaffold: BASE }), {
      kind: 'leave',
      text: there,
    });
  });

  it('changes what nobody has changed by hand', () => {
    assert.deepEqual(
      changedBy((text) => text),
      { kind: 'change', text: FRESH },
    );
  });

  it('keeps changes by hand in other lines, comments too', () => {
    const edit = (text: string) => `# ours\n${text.replace('limit: 3', 'limit: 9')}`;
    assert.deepEqual(changedBy(edit), { kind: 'change', text: edit(FRESH) });
  });

  it('asks where both changed the same lines, and only those differ in what it offers', () => {
    const edit = (text: string) =>
      text.replace(/schedule.*/, 'schedule: "0 3 * * *"').replace('end: 1', 'end: 2');
    assert.deepEqual(changedBy(edit), {
      kind: 'ask',
      collides: true,
      mine: edit(BASE),
      scaffold: FRESH.replace('end: 1', 'end: 2'),
    });
  });

  it('asks where it is not known what was scaffolded', () => {
    const there = BASE.replace('limit: 3', 'limit: 9');
    assert.deepEqual(planFile({ name, there, base: undefined, scaffold: FRESH }), {
      kind: 'ask',
      collides: false,
      mine: there,
      scaffold: FRESH,
    });
  });

  it('asks where both changes together are no YAML', () => {
    // Each adds the same member in another place.
    const base = 'a: 1\nm: 3\nn: 4\n';
    const there = 'a: 1\nx: 2\nm: 3\nn: 4\n';
    const scaffold = 'a: 1\nm: 3\nn: 4\nx: 5\n';
    assert.deepEqual(planFile({ name, there, base, scaffold }), {
      kind: 'ask',
      collides: false,
      mine: there,
      scaffold,
    });
  });

  it('keeps the ends of lines that a file has', () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const edit = (text: string) => text.replace('limit: 3', 'limit: 9');
    assert.deepEqual(planFile({ name, there: crlf(FRESH), base: BASE, scaffold: FRESH }), {
      kind: 'leave',
      text: crlf(FRESH),
    });
    assert.deepEqual(planFile({ name, there: crlf(edit(BASE)), base: BASE, scaffold: FRESH }), {
      kind: 'change',
      text: crlf(edit(FRESH)),
    });
  });

  describe('of a script, which is no YAML', () => {
    const base = '#!/bin/sh\nurl=a\nkey: [\n\tretries=3\nend\n';
    const scaffold = base.replace('url=a', 'url=b');
    const plan = (there: string) => planFile({ name: 'refresh.sh', there, base, scaffold });

    it('changes what nobody has changed by hand, without a question', () => {
      assert.deepEqual(plan(base), { kind: 'change', text: scaffold });
    });

    it('keeps changes by hand in other lines', () => {
      const edit = (text: string) => text.replace('retries=3', 'retries=9');
      assert.deepEqual(plan(edit(base)), { kind: 'change', text: edit(scaffold) });
    });

    it('asks about the same lines alone', () => {
      const edit = (text: string) => text.replace(/url=./, 'url=c').replace('end', 'exit');
      const taken = scaffold.replace('end', 'exit');
      assert.deepEqual(plan(edit(base)), {
        kind: 'ask',
        collides: true,
        mine: edit(base),
        scaffold: taken,
      });
    });
  });
});
