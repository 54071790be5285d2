// Measures what the README promises, in one run on one machine.
//   npm run bench [-- --json] [-- --only PATTERN]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../test/run.ts';
import { ACTIVATION } from './activation.ts';
import { BUNDLE } from './bundle.ts';
import { Scenes, type Measurement } from './measurement.ts';
import { CONTEXTS } from './contexts.ts';
import { HISTORY } from './history.ts';
import { PICTURE } from './picture.ts';
import { READERS } from './readers.ts';
import { REFRESH } from './refresh.ts';
import { SCAFFOLD } from './scaffold.ts';
import { TREE } from './tree.ts';
import { WATCH } from './watch.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const ALL: readonly Measurement[] = [
  ...ACTIVATION,
  ...BUNDLE,
  ...REFRESH,
  ...HISTORY,
  ...TREE,
  ...PICTURE,
  ...CONTEXTS,
  ...WATCH,
  ...READERS,
  ...SCAFFOLD,
];

/** One row of the table, as `--json` prints it. */
interface Row {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly ok: boolean;
}

async function measureAll(measurements: readonly Measurement[]): Promise<Row[]> {
  const scenes = new Scenes();
  const rows: Row[] = [];
  try {
    for (const { name, limit, unit, measure } of measurements) {
      process.stderr.write(`${name}\n`);
      const value = await measure(scenes);
      rows.push({ name, value, limit, unit, ok: value <= limit });
    }
  } finally {
    await scenes.clear();
  }
  return rows;
}

/** A table in Markdown, as README has it. */
function print(rows: readonly Row[]): string {
  const figure = (value: number) => String(Number(value.toPrecision(2)));
  const lines = rows.map(({ name, value, limit, unit, ok }) => {
    return `| ${name} | ${figure(value)}${ok ? '' : ' **over**'} | ${figure(limit)} | ${unit} |`;
  });
  return ['| what | figure | at most | unit |', '|---|---|---|---|', ...lines, ''].join('\n');
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
const only = new RegExp(values.only ?? '');
await run(process.execPath, ['esbuild.mjs', '--minify'], { cwd: ROOT });
const rows = await measureAll(ALL.filter(({ name }) => only.test(name)));
process.stdout.write(values.json === true ? `${JSON.stringify(rows, null, 2)}\n` : print(rows));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
