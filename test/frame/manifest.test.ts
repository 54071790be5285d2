import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS, VIEW } from '../../src/ui/contributions.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly contributes: {
    readonly commands: readonly { command: string; category: string }[];
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly menus: Readonly<Record<string, readonly { command?: string }[]>>;
    readonly keybindings: readonly { command: string }[];
    readonly walkthroughs: readonly { steps: readonly { media: { markdown: string } }[] }[];
  };
}

const text = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
const { contributes } = JSON.parse(text) as Manifest;

describe('the manifest', () => {
  it('contributes the commands of the code and no other', () => {
    const contributed = contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(contributed, Object.values(COMMANDS).sort());
  });

  it('puts only commands into menus and key bindings that it contributes', () => {
    const known = new Set<string>(Object.values(COMMANDS));
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    const unknown = used.filter(({ command }) => command !== undefined && !known.has(command));
    assert.deepEqual(unknown, []);
  });

  it('has the view of the code', () => {
    assert.deepEqual(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
      [VIEW],
    );
  });

  it('has words for every placeholder, and no words that nobody uses', () => {
    const words = JSON.parse(readFileSync(path.join(ROOT, 'package.nls.json'), 'utf8')) as object;
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, name]) => name));
    assert.deepEqual([...used].sort(), Object.keys(words).sort());
  });

  it('has a page for each step of the walkthrough, and no other page', () => {
    const steps = contributes.walkthroughs.flatMap(({ steps: all }) => all);
    const pages = steps.map(({ media }) => path.basename(media.markdown)).sort();
    assert.deepEqual(readdirSync(path.join(ROOT, 'media/walkthrough')).sort(), pages);
  });
});
