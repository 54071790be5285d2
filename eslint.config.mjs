// The law of the house: which room may import what, and how large a file or function may be.
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const vscode = { regex: '^vscode$', message: 'Only src/ui knows VS Code.' };
const client = {
  regex: '^@kubernetes/client-node',
  message: 'Only src/gateway/kubernetes knows the client.',
};
const node = {
  regex: `^(node:.*|${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`,
  message: 'This room runs without Node.',
};
/** Forbids relative imports that lead into the named folder of src. */
const room = (name, extra = {}) => ({
  regex: `^\\.\\.?/(.*/)?${name}/`,
  message: `This room may not import ${name}.`,
  ...extra,
});
const frontDoor = {
  regex: '/(extension|flows|backroom)\\.ts$',
  message: 'Nobody imports a front door.',
};

const waiting = [
  { selector: 'AwaitExpression, ForOfStatement[await=true]', message: 'The domain has no await.' },
  { selector: ':function[async=true]', message: 'The domain has no async.' },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'The domain has no clock: take the time as a parameter.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The domain has no clock: take the time as a parameter.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'The domain has no chance.',
  },
];
const outside = ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'process', 'crypto'].map(
  (name) => ({ name, message: 'Same input, same answer: the domain has no world.' }),
);

/** The rooms: what each may not import. Test files are excused from outside modules only. */
const rooms = [
  {
    files: ['src/domain/**'],
    inner: [room('operations'), room('gateway'), room('ui')],
    outer: [vscode, client, node],
    rules: {
      'no-restricted-syntax': ['error', ...waiting],
      'no-restricted-globals': ['error', ...outside],
    },
  },
  {
    files: ['src/operations/**'],
    inner: [room('gateway'), room('ui')],
    outer: [vscode, client, node],
  },
  {
    files: ['src/gateway/**'],
    ignores: ['src/gateway/kubernetes/**'],
    inner: [room('ui'), room('operations', { allowTypeImports: true })],
    outer: [vscode, client],
  },
  {
    files: ['src/gateway/kubernetes/**'],
    inner: [room('ui'), room('operations', { allowTypeImports: true })],
    outer: [vscode],
  },
  { files: ['src/ui/**'], inner: [room('gateway')], outer: [client] },
];

const imports = (patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
});

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.vscode-test/**', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40, skipComments: true }],
      'max-params': ['error', 4],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    // One room or the other: a file that is in none is reported.
    files: ['src/**'],
    ignores: [
      'src/extension.ts',
      'src/flows.ts',
      'src/backroom.ts',
      ...rooms.flatMap((each) => each.files),
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'No file outside a room.' },
      ],
    },
  },
  {
    files: ['src/extension.ts', 'src/flows.ts', 'src/backroom.ts'],
    rules: { 'max-lines': ['error', { max: 120 }] },
  },
  ...rooms.flatMap(({ files, ignores = [], inner, outer, rules = {} }) => [
    {
      files,
      ignores: [...ignores, '**/*.test.ts'],
      rules: { ...imports([...inner, ...outer, frontDoor]), ...rules },
    },
    {
      files: files.map((glob) => `${glob}/*.test.ts`),
      ignores,
      rules: imports([...inner, frontDoor]),
    },
  ]),
  {
    files: ['**/*.test.ts'],
    rules: { 'max-lines': ['error', { max: 400 }], 'max-lines-per-function': 'off' },
  },
);
