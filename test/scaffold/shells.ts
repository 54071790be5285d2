import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { installPackages, onPath } from '../programs.ts';

/** A shell, and the folders in which it finds programs. */
export interface Shell {
  readonly name: string;
  readonly command: readonly string[];
  readonly path: string;
}

/** All that the script needs beside curl, jq and kubectl. */
export const TOOLS: readonly string[] =
  'base64 cat cmp cut date head mktemp rm sed sha256sum sort tail tr wc'.split(' ');

/** What scaffolded readers need beside them. */
const OF_READERS = ['awk'];

const PACKAGES = ['busybox', 'dash', 'bash', 'jq', 'curl'] as const;

/**
 * The shells that are there, each with curl, jq and kubectl. BusyBox ash has the tools of BusyBox and no others, as in
 * the image. Debian's packages are installed where that can be done; nothing without curl, jq or any shell.
 */
export async function ensureShells(folder: string, kubectl: string): Promise<readonly Shell[]> {
  const there = await Promise.all(PACKAGES.map((name) => onPath([name])));
  const missing = PACKAGES.filter((_, index) => there[index] === undefined);
  if (missing.length > 0) await installPackages(missing);
  const [busybox, dash, bash, jq, curl] = await Promise.all(PACKAGES.map((name) => onPath([name])));
  if (jq === undefined || curl === undefined) return [];
  const links = path.join(folder, 'programs');
  await linked(links, { jq, curl, kubectl });
  const rest = `${links}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const shells: Shell[] = [];
  if (busybox !== undefined) {
    const applets = path.join(folder, 'busybox');
    await linked(
      applets,
      Object.fromEntries([...TOOLS, ...OF_READERS].map((tool) => [tool, busybox])),
    );
    const own = `${links}${path.delimiter}${applets}`;
    shells.push({ name: 'BusyBox ash', command: [busybox, 'ash'], path: own });
  }
  if (dash !== undefined) shells.push({ name: 'dash', command: [dash], path: rest });
  if (bash !== undefined) shells.push({ name: 'bash', command: [bash], path: rest });
  return shells;
}

async function linked(folder: string, targets: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder);
  for (const [name, target] of Object.entries(targets)) {
    await symlink(target, path.join(folder, name));
  }
}
