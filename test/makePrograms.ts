// Builds and installs what the tests need and the cache folder keeps, so that no test waits for it.
import { ensureArgoEvents } from './cluster/argoEvents.ts';
import { ensureBinaries } from './cluster/binaries.ts';
import { chooseEditor } from './editor/chooseEditor.ts';
import { ensureChromium } from './editor/chromium.ts';

await ensureBinaries();
await ensureArgoEvents();
const editor = await chooseEditor();
if (editor.kind === 'code-server') await ensureChromium();
