import type { ManualRefresh } from '../../../domain/manifests/manualScript.ts';
import type { Scaffold } from '../../../domain/manifests/scaffold.ts';
import { printCache, printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import { refreshDraft } from './refreshDraft.ts';
import { ageStep, formatStep, keyStep, urlStep } from './refreshSteps.ts';
import { restartStep } from './restartStep.ts';
import { scaffoldInSteps } from './scaffoldInSteps.ts';
import { isMeant, refreshable } from './scaffoldRefreshJob.ts';
import type { Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';
import { kubeconfigOf } from '../terminalKubeconfig.ts';

/** A script as it is asked for. Its header is named when it is run. */
type Draft = ManualRefresh & { readonly header: undefined };

/** *Scaffold Refresh Script*: asks what is refreshed, and shows a script for a person to run. */
export async function scaffoldRefreshScript(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, 'Scaffold Refresh Script');
  if (target !== undefined) await scriptFor(session, target);
}

/** Asks how a script refreshes a cache. */
export async function scriptFor(session: Session, target: Target): Promise<void> {
  const { ref } = target;
  const cache = await refreshable(session, ref);
  if (cache !== undefined && !(await isMeant(session, cache))) return;
  const { all: contexts } = await session.choice.all();
  const first: Draft = {
    context: ref.context,
    server: contexts.find(({ name }) => name === ref.context)?.server,
    kubeconfig: await kubeconfigOf(session),
    ...(await refreshDraft(session, target, cache)),
  };
  const steps = [
    urlStep<Draft>('script'),
    ...(target.key === undefined ? [keyStep<Draft>(cache)] : []),
    formatStep<Draft>(),
    ageStep<Draft>(),
    ...(await restartStep<Draft>(session, ref)),
  ];
  await scaffoldInSteps(session, {
    title: `Refresh Script of ${printCache(ref)}`,
    steps,
    first,
    scaffoldOf: (draft) => scaffoldOf(session, ref, draft),
    parent: target.folder,
  });
}

async function scaffoldOf(session: Session, ref: CacheRef, draft: Draft): Promise<Scaffold> {
  const { scaffolds } = await session.operations();
  const { context, namespace } = ref;
  return {
    title: `Refresh Script of ${printCacheAndContext(ref)}: ${draft.key}`,
    where: { context, namespace },
    folder: 'scripts',
    ownFolder: 'scripts',
    files: [scaffolds.manualScript(draft)],
  };
}
