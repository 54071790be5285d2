import assert from 'node:assert/strict';
import { Uri, workspace } from 'vscode';

describe('the settings of a workspace', () => {
  it('never name the kubeconfig, which can run programs, let auto-save write, or keep less of the past', async () => {
    const [folder] = workspace.workspaceFolders ?? [];
    assert.ok(folder !== undefined);
    const settings = Uri.joinPath(folder.uri, '.vscode', 'settings.json');
    const patterns = ['from-the-workspace-*'];
    const text = JSON.stringify({
      'cacheConfigMaps.kubeconfig': '/tmp/of-somebody-else',
      'cacheConfigMaps.autoSave': true,
      'cacheConfigMaps.history.versionsPerKey': 0,
      'cacheConfigMaps.history.megabytes': 1,
      'cacheConfigMaps.namePatterns': patterns,
    });
    const read = () => workspace.getConfiguration('cacheConfigMaps');
    /** Waits until the settings of the workspace are read again. */
    const reread = () =>
      new Promise<void>((resolve) => {
        const listening = workspace.onDidChangeConfiguration((event) => {
          if (!event.affectsConfiguration('cacheConfigMaps.namePatterns')) return;
          listening.dispose();
          resolve();
        });
      });
    const set = reread();
    await workspace.fs.writeFile(settings, new TextEncoder().encode(text));
    await set;
    assert.deepEqual(read().get('namePatterns'), patterns);
    assert.equal(read().get('kubeconfig'), '');
    assert.equal(read().get('autoSave'), false);
    assert.equal(read().get('history.versionsPerKey'), 50);
    assert.equal(read().get('history.megabytes'), 200);
    const unset = reread();
    await workspace.fs.delete(settings);
    await unset;
  });
});
