import { commands, type QuickPickItem } from 'vscode';
import { printCache, printCacheAndContext, type CacheRef } from '../../../domain/ref.ts';
import {
  recommend,
  RHYTHMS,
  type Circumstances,
  type Strategy,
} from '../../../domain/strategy/strategy.ts';
import { STRATEGY_NAMES, strategyPage } from '../../../domain/strategy/strategyPage.ts';
import { askForOne, askInSteps, type Step } from '../../steps.ts';
import { isGiven } from './refreshSteps.ts';
import { eventDrivenFor } from './scaffoldEventDriven.ts';
import { jobFor } from './scaffoldRefreshJob.ts';
import { scriptFor } from './scaffoldRefreshScript.ts';
import type { Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const TITLE = 'Choose a Refresh Strategy';
const NEVER = new AbortController().signal;

/** What has been answered; the strategy comes last. */
interface Draft extends Circumstances {
  readonly strategy: Strategy | undefined;
}

/** *Choose a Refresh Strategy*: a few questions, the three strategies side by side, and the scaffold of the chosen one. */
export async function chooseStrategy(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return;
  const { ref } = target;
  const { argo } = await session.operations();
  const { events, workflows } = await argo.installed(ref, NEVER);
  const hasEvents = events && workflows;
  const first: Draft = {
    changes: 'regularly',
    knows: 'nobody',
    stale: 'hours',
    hasEvents,
    strategy: undefined,
  };
  const title = `Refresh Strategy of ${printCache(ref)}`;
  const draft = await askInSteps(title, [...QUESTIONS, strategyStep(session, ref)], first);
  if (draft?.strategy === undefined) return;
  await SCAFFOLDS[draft.strategy](session, target, RHYTHMS[draft.stale].schedule);
}

type ScaffoldFlow = (session: Session, target: Target, schedule: string) => Promise<void>;

const SCAFFOLDS: Readonly<Record<Strategy, ScaffoldFlow>> = {
  manual: scriptFor,
  scheduled: jobFor,
  eventDriven: eventDrivenFor,
};

/** A question about one of the circumstances. */
function question<K extends 'changes' | 'knows' | 'stale'>(
  name: K,
  placeHolder: string,
  answers: readonly (readonly [Circumstances[K], string])[],
): Step<Draft> {
  const items = answers.map(([value, label]) => ({ label, value }));
  return {
    ask: async (draft, frame) => {
      const active = ({ value }: { value: Circumstances[K] }) => value === draft[name];
      const picked = await askForOne(frame, { items, placeHolder, active });
      return isGiven(picked) ? { ...draft, [name]: picked.value } : picked;
    },
  };
}

const QUESTIONS: readonly Step<Draft>[] = [
  question('changes', 'How often does the data change?', [
    ['rarely', 'Less than once a week'],
    ['regularly', 'At known times, such as each night'],
    ['anyTime', 'At any time'],
  ]),
  question('knows', 'Who knows when it has changed?', [
    ['person', 'The person who changes it'],
    ['source', 'The source, which can tell: a webhook, a push, an object in the cluster'],
    ['nobody', 'Nobody: the source has to be asked'],
  ]),
  question('stale', 'For how long may readers have old data?', [
    ['days', 'A day'],
    ['hours', 'An hour'],
    ['minutes', 'Minutes'],
  ]),
];

/** Shows the page while it is asked which one it is to be; the recommended one stands first. */
function strategyStep({ texts }: Session, ref: CacheRef): Step<Draft> {
  return {
    ask: async (draft, frame) => {
      const bytes = new TextEncoder().encode(strategyPage(printCacheAndContext(ref), draft));
      const page = texts.uriOf('strategy.md', 'strategy', { kind: 'text', bytes });
      await commands.executeCommand('markdown.showPreview', page);
      const { strategy: best } = recommend(draft);
      const all = Object.keys(SCAFFOLDS) as Strategy[];
      const sorted = [best, ...all.filter((each) => each !== best)];
      const items = sorted.map((strategy): QuickPickItem & { strategy: Strategy } => ({
        label: STRATEGY_NAMES[strategy],
        description: `${strategy === best ? 'recommended · ' : ''}${NEXT[strategy]}`,
        strategy,
      }));
      const placeHolder = 'Which one is to be scaffolded?';
      const picked = await askForOne(frame, { items, placeHolder });
      return isGiven(picked) ? { ...draft, strategy: picked.strategy } : picked;
    },
  };
}

const NEXT: Readonly<Record<Strategy, string>> = {
  manual: 'Scaffold Refresh Script...',
  scheduled: 'Scaffold Refresh Job...',
  eventDriven: 'Scaffold Event-Driven Refresh...',
};
