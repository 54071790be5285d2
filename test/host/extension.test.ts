import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { commands, extensions, TabInputTextDiff, Uri, window, workspace, type Tab } from 'vscode';
import { COMMANDS, SCHEMES } from '../../src/ui/contributions.ts';

const kubectl = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.env['TEST_KUBECTL'] ?? '', args, { maxBuffer: 1e8 })).stdout;

const CACHE = { context: 'demo', namespace: 'argo', name: 'workflow-cache' };
const KEY = 'mappings.json';

/** What the tree hands to a command for this key. */
const keyNode = { kind: 'key', ref: CACHE, detail: { key: KEY } };

async function stored(): Promise<{
  data: Record<string, string>;
  metadata: { resourceVersion: string; uid: string };
}> {
  return JSON.parse(
    await kubectl('get', 'configmap', CACHE.name, '-n', CACHE.namespace, '-o', 'json'),
  ) as Awaited<ReturnType<typeof stored>>;
}

/** The next tab that is opened and whose label matches. */
function opened(label: RegExp): Promise<Tab> {
  return new Promise((resolve) => {
    const listening = window.tabGroups.onDidChangeTabs((event) => {
      const tab = event.opened.find((each) => label.test(each.label));
      if (tab === undefined) return;
      listening.dispose();
      resolve(tab);
    });
  });
}

/** Starts a command that ends only when its notification is answered. */
function start(command: string, ...args: readonly unknown[]): void {
  commands.executeCommand(command, ...args).then(undefined, assert.ifError);
}

describe('the extension in its host', () => {
  it('registers every command that it contributes', async () => {
    await extensions.getExtension('cache-configmaps.cache-configmaps')?.activate();
    const registered = await commands.getCommands(true);
    const missing = Object.values(COMMANDS).filter((command) => !registered.includes(command));
    assert.deepEqual(missing, []);
  });

  it('previews a file that it is called with, writes nothing, and applies on command', async () => {
    const [folder] = workspace.workspaceFolders ?? [];
    const file = Uri.joinPath(folder?.uri ?? Uri.file('/'), KEY);
    const before = await stored();
    const preview = opened(/workflow-cache/);
    start(COMMANDS.refreshFromFile, keyNode, [file]);
    await preview;
    assert.deepEqual(await stored(), before);
    const { input } = await preview;
    assert.ok(input instanceof TabInputTextDiff);
    const document = await workspace.openTextDocument(input.modified);
    const expected = await readFile(file.fsPath, 'utf8');
    assert.equal(document.getText(), expected);
    await commands.executeCommand(COMMANDS.applyPlan);
    const after = await stored();
    assert.equal(after.data[KEY], expected);
    assert.equal(
      window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ label }) => /workflow-cache/.test(label)).length,
      0,
    );
  });

  it('shows several files as one plan, and discards it on command', async () => {
    const [folder] = workspace.workspaceFolders ?? [];
    const files = ['environments.yaml', 'categories.txt'].map((name) =>
      Uri.joinPath(folder?.uri ?? Uri.file('/'), name),
    );
    const before = await stored();
    const preview = opened(/workflow-cache in demo: 2 keys/);
    start(COMMANDS.refreshFromFile, { kind: 'cache', ref: CACHE }, files);
    await preview;
    await commands.executeCommand(COMMANDS.discardPlan);
    assert.deepEqual(await stored(), before);
  });

  it('opens a key as a file: its bytes, its size and the language of its name', async () => {
    const { data, metadata } = await stored();
    await commands.executeCommand(COMMANDS.openKey, {
      ...keyNode,
      summary: { uid: metadata.uid },
    });
    const document = window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, SCHEMES.key);
    assert.equal(path.posix.basename(document.uri.path), KEY);
    assert.equal(document.languageId, 'json');
    assert.equal(document.getText(), data[KEY]);
    const { size } = await workspace.fs.stat(document.uri);
    assert.equal(size, Buffer.byteLength(data[KEY] ?? ''));
  });

  it('opens a key in the language of its content where its name tells none, and a binary one as bytes', async () => {
    const name = 'odd-cache';
    await kubectl('create', 'configmap', name, '-n', 'argo', '--from-literal=settings={"a": 1}');
    const bytes = Buffer.from([0, 255, 13, 10, 0xed, 0xa0, 0x80]);
    const patch = JSON.stringify({ binaryData: { 'odd.bin': bytes.toString('base64') } });
    await kubectl('patch', 'configmap', name, '-n', 'argo', '--type=merge', '-p', patch);
    const uid = await kubectl('get', 'cm', name, '-n', 'argo', '-o', 'jsonpath={.metadata.uid}');
    const isJson = new Promise((resolve) => {
      const listening = workspace.onDidOpenTextDocument(({ uri, languageId }) => {
        if (uri.scheme !== SCHEMES.key || languageId !== 'json') return;
        listening.dispose();
        resolve(undefined);
      });
    });
    const ref = { ...CACHE, name };
    const node = { kind: 'key', ref, detail: { key: 'settings' }, summary: { uid } };
    await commands.executeCommand(COMMANDS.openKey, node);
    await isJson;
    const uri = window.activeTextEditor?.document.uri ?? assert.fail();
    const binary = await workspace.fs.readFile(
      uri.with({ path: uri.path.replace('settings', 'odd.bin') }),
    );
    assert.deepEqual(Buffer.from(binary), bytes);
  });

  it('tracks a ConfigMap as a cache and stops tracking it', async () => {
    const node = { kind: 'cache', ref: { ...CACHE, name: 'app-settings' } };
    const label = async () =>
      await kubectl(
        'get',
        'configmap',
        'app-settings',
        '-n',
        'argo',
        '-o',
        'jsonpath={.metadata.labels}',
      );
    await commands.executeCommand(COMMANDS.trackCache, node);
    assert.deepEqual(JSON.parse(await label()), { 'cache-configmaps.dev/cache': 'true' });
    await commands.executeCommand(COMMANDS.stopTracking, node);
    assert.equal(await label(), '');
  });
});
