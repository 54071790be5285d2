import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { categories, environments, mappings } from './lookups.ts';

/** Other than any that the source serves in a short demo: the files differ from its answers. */
const GENERATION = 20;

/** Fills a folder with files to refresh from: good ones, and some that must be refused. */
export async function fillWorkspace(folder: string): Promise<void> {
  const json = JSON.stringify(mappings(GENERATION), null, 2);
  const files = {
    'mappings.json': json,
    'environments.yaml': environments(GENERATION),
    'categories.txt': categories(GENERATION),
    'bad/cut-off.json': json.slice(0, json.length / 2),
    'bad/empty.json': '',
    'bad/half.json': JSON.stringify(
      Object.fromEntries(Object.entries(mappings(GENERATION)).slice(0, 60)),
    ),
    'bad/too-large.json': JSON.stringify({ text: 'x'.repeat(1_100_000) }),
    'bad/login-page.json': '<!doctype html>\n<title>Log in</title>\n',
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
