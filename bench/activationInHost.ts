// Runs in the extension host: loads the front bundle and activates it, as often as a median needs.
import childProcess from 'node:child_process';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extensions, Uri, type Disposable } from 'vscode';
import type { Activation } from './activation.ts';
import { median } from './figures.ts';

const TIMES = 20;

/** Everything through which Node reaches files, sockets and processes. */
const OUTSIDE = { childProcess, dns, fs, fsPromises: fs.promises, http, https, net };

/** Notes each call that leads outside while `work` runs, by its name. */
function callsOutside(work: () => void): string[] {
  const calls: string[] = [];
  const undo = Object.entries(OUTSIDE).flatMap(([name, module]) => {
    const functions = module as unknown as Record<string, unknown>;
    return Object.entries(Object.getOwnPropertyDescriptors(functions)).flatMap(
      ([key, property]) => {
        const original: unknown = property.value;
        if (typeof original !== 'function' || property.writable !== true) return [];
        functions[key] = (...args: unknown[]): unknown => {
          calls.push(`${name}.${key}`);
          return Reflect.apply(original, module, args) as unknown;
        };
        const restore = () => {
          functions[key] = original;
        };
        return [restore];
      },
    );
  });
  try {
    work();
  } finally {
    for (const each of undo) each();
  }
  return calls;
}

/** The part of an extension's context that `activate` is given. */
function contextOf(subscriptions: Disposable[]) {
  const nothing = { get: () => undefined, update: () => Promise.resolve() };
  const globalStorageUri = Uri.file(path.join(tmpdir(), 'storage'));
  return { subscriptions, globalState: nothing, globalStorageUri, secrets: nothing };
}

/** Loads the bundle anew and activates it; gives milliseconds. */
function activateOnce(bundle: string, around: (work: () => void) => void): number {
  const load = createRequire(bundle);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- only so is it loaded again
  delete load.cache[bundle];
  const subscriptions: Disposable[] = [];
  const began = performance.now();
  const { activate } = load(bundle) as { activate: (context: unknown) => void };
  around(() => {
    activate(contextOf(subscriptions));
  });
  const took = performance.now() - began;
  for (const each of subscriptions) each.dispose();
  return took;
}

/** The extension host waits for what it gives. */
export function run(): Promise<void> {
  const extension = extensions.getExtension('cache-configmaps.cache-configmaps');
  if (extension === undefined || extension.isActive) {
    throw new Error('The extension must be there and not active yet.');
  }
  const bundle = path.join(extension.extensionPath, 'dist/extension.cjs');
  const io: string[] = [];
  activateOnce(bundle, (work) => io.push(...callsOutside(work)));
  const figures = Array.from({ length: TIMES }, () =>
    activateOnce(bundle, (work) => {
      work();
    }),
  );
  const figure: Activation = { milliseconds: median(figures), io };
  const report = { ended: true, passed: 1, failed: 0, lines: [JSON.stringify(figure)] };
  fs.writeFileSync(process.env['HOST_TESTS_REPORT'] ?? '', JSON.stringify(report));
  return Promise.resolve();
}
