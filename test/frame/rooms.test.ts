import assert from 'node:assert/strict';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const IMPORTS = '@typescript-eslint/no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';

/** A file, what it does against the law, and the rule that must report it. */
const trespasses: readonly [file: string, code: string, rule: string][] = [
  ['src/domain/x.ts', "import { Uri } from 'vscode';", IMPORTS],
  ['src/domain/x.ts', "import { readFile } from 'node:fs/promises';", IMPORTS],
  ['src/domain/x.ts', "import { join } from 'path';", IMPORTS],
  ['src/domain/x.ts', "import { KubeConfig } from '@kubernetes/client-node';", IMPORTS],
  ['src/domain/x.ts', "import { Changes } from '../operations/changes.ts';", IMPORTS],
  [
    'src/domain/manifests/x.ts',
    "import { Previews } from '../../ui/documents/previews.ts';",
    IMPORTS,
  ],
  ['src/domain/x.ts', 'export async function read(): Promise<void> {}', SYNTAX],
  ['src/domain/x.ts', 'export const now = () => Date.now();', SYNTAX],
  ['src/domain/x.ts', 'export const now = () => new Date();', SYNTAX],
  ['src/domain/x.ts', 'export const chance = () => Math.random();', SYNTAX],
  [
    'src/domain/x.ts',
    "export const get = () => fetch('http://localhost');",
    'no-restricted-globals',
  ],
  ['src/operations/x.ts', "import { window } from 'vscode';", IMPORTS],
  ['src/operations/x.ts', "import { HttpSource } from '../gateway/httpSource.ts';", IMPORTS],
  ['src/operations/x.ts', "import { createHash } from 'node:crypto';", IMPORTS],
  ['src/gateway/x.ts', "import { window } from 'vscode';", IMPORTS],
  ['src/gateway/x.ts', "import { Changes } from '../operations/changes.ts';", IMPORTS],
  ['src/gateway/x.ts', "import { KubeConfig } from '@kubernetes/client-node';", IMPORTS],
  ['src/gateway/kubernetes/x.ts', "import { Choice } from '../../ui/choice.ts';", IMPORTS],
  ['src/ui/x.ts', "import { HttpSource } from '../gateway/httpSource.ts';", IMPORTS],
  ['src/ui/x.ts', "import { KubeConfig } from '@kubernetes/client-node';", IMPORTS],
  ['src/ui/x.ts', "import { activate } from '../extension.ts';", IMPORTS],
  ['src/ui/x.ts', "import { buildOperations } from '../backroom.ts';", IMPORTS],
  ['src/x.ts', 'export const x = 1;', SYNTAX],
  ['src/elsewhere/x.ts', 'export const x = 1;', SYNTAX],
  ['src/ui/x.ts', 'export const x = 1;\n'.repeat(251), 'max-lines'],
  ['src/extension.ts', 'export const x = 1;\n'.repeat(121), 'max-lines'],
  ['src/ui/x.ts', `export function f() {\n${'f();\n'.repeat(40)}}`, 'max-lines-per-function'],
  ['src/ui/x.ts', 'export const f = (a, b, c, d, e) => a + b + c + d + e;', 'max-params'],
];

const lawful: readonly [file: string, code: string][] = [
  ['src/domain/x.ts', "import { parse } from 'yaml';\nexport const x = parse;"],
  ['src/domain/x.ts', "import { printCache } from './ref.ts';\nexport const x = printCache;"],
  ['src/domain/x.test.ts', "import assert from 'node:assert/strict';\nassert.ok(true);"],
  [
    'src/operations/x.ts',
    "import { printCache } from '../domain/ref.ts';\nexport const x = printCache;",
  ],
  [
    'src/gateway/x.ts',
    "import type { Cluster } from '../operations/ports.ts';\nexport type X = Cluster;",
  ],
  [
    'src/gateway/kubernetes/x.ts',
    "import { KubeConfig } from '@kubernetes/client-node';\nexport const x = KubeConfig;",
  ],
  ['src/ui/x.ts', "import { window } from 'vscode';\nexport const x = window;"],
  [
    'src/ui/x.ts',
    "import type { Changes } from '../operations/changes.ts';\nexport type X = Changes;",
  ],
];

describe('the rooms', () => {
  // Rules that need types are left out: the code below is in no file.
  const eslint = new ESLint({
    overrideConfig: [
      { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] },
      { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } },
    ] as ESLint.Options['overrideConfig'] & object,
  });

  const rulesAgainst = async (filePath: string, code: string): Promise<string[]> => {
    const [result] = await eslint.lintText(code, { filePath });
    assert.ok(result !== undefined, `${filePath} is linted`);
    return result.messages.map(({ ruleId, message }) => ruleId ?? message);
  };

  for (const [file, code, rule] of trespasses) {
    it(`reports in ${file}: ${code.slice(0, 70).replaceAll('\n', ' ')}`, async () => {
      assert.ok((await rulesAgainst(file, code)).includes(rule));
    });
  }

  for (const [file, code] of lawful) {
    it(`allows in ${file}: ${code.split('\n')[0] ?? ''}`, async () => {
      assert.deepEqual(await rulesAgainst(file, code), []);
    });
  }
});
