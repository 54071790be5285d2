import { env, window } from 'vscode';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import { planCounts, handedOver, type ApplyPlan } from '../../domain/manifests/applyPlan.ts';
import { ownerSentence } from '../../domain/owners.ts';
import { stateOf } from '../../domain/plan/planState.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { firstLines, verdictSentence } from '../../domain/plan/verdictText.ts';
import { isNode } from '../tree/node.ts';
import { LINES, summaryOf } from './deed.ts';
import { planFromFiles } from './refresh/refreshFromFile.ts';
import { planFromUrl } from './refresh/refreshFromUrl.ts';
import { refuse } from './refusal.ts';
import { say, type Session } from './session.ts';
import { targetOf } from './target.ts';
import { kubeconfigOf } from './terminalKubeconfig.ts';

const TITLE = 'Copy as kubectl Command';

/**
 * *Copy as kubectl Command*: what the plan that is shown, or a refresh of this cache or key, would do, for a shell.
 * Nothing is written.
 */
export async function copyAsKubectl(session: Session, argument: unknown): Promise<void> {
  const shown = isNode(argument) ? undefined : session.previews.active();
  const plan = shown ?? (await newPlan(session, argument));
  if (plan !== undefined) await copy(session, plan);
}

async function newPlan(session: Session, argument: unknown): Promise<CachePlan | undefined> {
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return undefined;
  const [url, file] = ['$(cloud-download) From a URL...', '$(file) From a file...'];
  const picked = await window.showQuickPick([url, file], {
    title: TITLE,
    placeHolder: `Where the new content of ${printCacheAndContext(target.ref)} comes from`,
  });
  if (picked === url) return await planFromUrl(session, target, TITLE);
  if (picked === file) return await planFromFiles(session, { ...target, title: TITLE }, []);
  return undefined;
}

async function copy(session: Session, plan: CachePlan): Promise<void> {
  const state = stateOf(plan);
  const place = printCacheAndContext(plan.ref);
  if (state.kind === 'nothingToChange') {
    say(`Nothing to change: ${place} already holds this content. No command was copied.`);
    return;
  }
  if (state.kind === 'refused') {
    await refuse(session, plan, { because: state.because, show: (one) => copy(session, one) });
    return;
  }
  const losses = state.kind === 'ask' ? state.losses.map(verdictSentence) : [];
  if (!(await isMeant(place, [...losses, ...plan.owners.map(ownerSentence)]))) return;
  const { kubectlCommands } = await session.operations();
  await env.clipboard.writeText(await kubectlCommands.of(plan, await kubeconfigOf(session)));
  const guard =
    plan.before === undefined
      ? 'where it does not exist yet'
      : `as long as it is at version ${plan.before.resourceVersion}`;
  say(
    `A kubectl command for ${place} was copied. ${summaryOf(plan)}. It writes ${guard}; what it replaces is not kept in the history unless the cache is open here.`,
  );
}

/** Copies what applying objects would do, for a shell. */
export async function copyApply(session: Session, plan: ApplyPlan): Promise<void> {
  const { context, namespace } = plan.where;
  const place = `namespace ${namespace} in context ${context}`;
  if (!(await isMeant(place, plan.lines.flatMap(handedOver)))) return;
  const { kubectlCommands } = await session.operations();
  await env.clipboard.writeText(kubectlCommands.ofApply(plan, await kubeconfigOf(session)));
  say(
    `A kubectl command for ${place} was copied: ${planCounts(plan)}. It changes what is there only as long as it is as it was shown.`,
  );
}

async function isMeant(place: string, doubts: readonly string[]): Promise<boolean> {
  if (doubts.length === 0) return true;
  const anyway = 'Copy Anyway';
  const detail = firstLines(doubts, 3 * LINES).join('\n');
  const question = `Copy a command that writes ${place}?`;
  return (await window.showWarningMessage(question, { modal: true, detail }, anyway)) === anyway;
}
