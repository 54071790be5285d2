import { Workbench } from '../test/editor/workbench.ts';
import type { Scene } from '../test/scene.ts';
import { ratioOf, timeOf } from './figures.ts';
import type { Measurement, Scenes } from './measurement.ts';

const NAMESPACE = 'thousand';
const CACHES = 1000;
const FIRST = 'cache-0000';
const TIMES = 7;

async function fill({ plane }: Scene): Promise<void> {
  const caches = Array.from({ length: CACHES }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `cache-${String(index).padStart(4, '0')}`, namespace: NAMESPACE },
    data: { 'mappings.json': JSON.stringify({ index, text: 'x'.repeat(1000) }) },
  }));
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: caches });
  await plane.kubectl(['create', '-f', '-'], { input });
}

/**
 * Milliseconds from the press on the namespace to its rows on the screen, by the clock of the page: what
 * drives the page waits for it and takes time of its own. The editor is new but has come to rest, which
 * a smaller namespace that is expanded before shows.
 */
async function firstExpand({ plane, workspace }: Scene): Promise<number> {
  const workbench = await Workbench.open({ workspace, env: { KUBECONFIG: plane.kubeconfig } });
  try {
    await workbench.openContainer('Caches');
    await workbench.expand('argo');
    await workbench.row('workflow-cache').waitFor();
    await workbench.page.evaluate(MEASURE);
    await workbench.expand(NAMESPACE);
    await workbench.row(FIRST).waitFor();
    return await workbench.page.evaluate<number>('measured');
  } finally {
    await workbench.close();
  }
}

/** Runs in the page, which is another world of types: hence as text. */
const MEASURE = `window.measured = new Promise((resolve) => {
  let began;
  document.addEventListener('mousedown', () => (began = performance.now()), { capture: true, once: true });
  const observer = new MutationObserver(() => {
    const labels = [...document.querySelectorAll('.sidebar .monaco-list-row .label-name')];
    if (began === undefined || !labels.some(({ textContent }) => textContent === '${FIRST}')) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
}); undefined`;

async function againstKubectl(scenes: Scenes): Promise<number> {
  const scene = await scenes.get();
  await fill(scene);
  const get = () => scene.plane.kubectl(['get', 'cm', '-n', NAMESPACE]);
  return await ratioOf(
    TIMES,
    () => firstExpand(scene),
    () => timeOf(get),
  );
}

export const TREE: readonly Measurement[] = [
  {
    name: 'tree: first expand of 1,000 caches to rows, to kubectl get cm',
    limit: 1,
    unit: '× the time of kubectl',
    measure: againstKubectl,
  },
];
