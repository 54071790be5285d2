import { commands, Range, Uri, window } from 'vscode';
import type { CachePlan } from '../../domain/plan/cachePlan.ts';
import type { KeyVerdict } from '../../domain/plan/planState.ts';
import {
  helps,
  proposalSentence,
  splitSentence,
  type Proposal,
} from '../../domain/plan/proposals.ts';
import { printCacheAndContext } from '../../domain/ref.ts';
import { isFetched } from '../../domain/source.ts';
import { withoutLinks } from '../../domain/text.ts';
import { verdictSentence } from '../../domain/plan/verdictText.ts';
import { COMMANDS } from '../contributions.ts';
import { deedOf } from './deed.ts';
import { offerRecreation } from './recreate.ts';
import type { Session } from './session.ts';

/** A button of a refusal, and what it does. */
interface Step {
  readonly label: string;
  readonly take: () => Promise<void>;
}

/** Why a plan is refused, and how a person gets another one that is shown like any other. */
export interface Refusal {
  readonly because: readonly KeyVerdict[];
  readonly show: (plan: CachePlan) => Promise<void>;
}

/** Says why a plan is refused, what would help, and offers that. */
export async function refuse(session: Session, plan: CachePlan, refusal: Refusal): Promise<void> {
  const { because } = refusal;
  const isTooLarge = because.some(({ verdict }) => verdict.kind === 'tooLarge');
  const { proposalsFor } = await session.operations();
  const proposals = isTooLarge ? await proposalsFor(plan) : [];
  const sentences = [
    `${printCacheAndContext(plan.ref)} cannot be ${deedOf(plan).done}.`,
    ...because.map(verdictSentence),
    ...proposals.map(proposalSentence),
    ...(isTooLarge ? [splitSentence(plan.bytesAfter)] : []),
    'Nothing was written.',
  ];
  const steps = [
    ...faultSteps(plan, because),
    ...(because.every(({ verdict }) => verdict.kind === 'immutable')
      ? [
          {
            label: 'Recreate...',
            take: () => offerRecreation(session, plan, (_, one) => refusal.show(one)),
          },
        ]
      : []),
    ...proposals.filter(helps).map((proposal) => proposalStep(session, plan, proposal, refusal)),
    ...anotherSource(plan),
  ];
  const answer = await window.showErrorMessage(
    withoutLinks(sentences.join(' ')),
    ...steps.map(({ label }) => label),
  );
  await steps.find(({ label }) => label === answer)?.take();
}

const LABELS = { minify: 'Minify the JSON', gzip: 'Gzip It' } as const;

function proposalStep(
  { operations }: Session,
  { ref, birth }: CachePlan,
  { kind, contents }: Proposal,
  { show }: Refusal,
): Step {
  const take = async () => {
    const { changes } = await operations();
    await show(await changes.plan(ref, contents, new AbortController().signal, birth));
  };
  return { label: LABELS[kind], take };
}

function anotherSource({ ref, keys }: CachePlan): readonly Step[] {
  if (!keys.some(({ source }) => isFetched(source))) return [];
  const isFile = keys.some(({ source }) => source.kind === 'file');
  const command = isFile ? COMMANDS.refreshFromFile : COMMANDS.refreshFromUrl;
  const take = async () => {
    await commands.executeCommand(command, { kind: 'cache', ref });
  };
  return [{ label: 'Choose Another Source', take }];
}

/** Leads to the first place in a file of the person where the content is not readable. */
function faultSteps({ keys }: CachePlan, because: readonly KeyVerdict[]): readonly Step[] {
  for (const { key, verdict } of because) {
    const source = keys.find((each) => each.key === key)?.source;
    if (verdict.kind !== 'unreadable' || source?.kind !== 'file') continue;
    const { line, column } = verdict;
    const take = async () => {
      const selection = new Range(line - 1, column - 1, line - 1, column - 1);
      await window.showTextDocument(Uri.parse(source.uri, true), { selection });
    };
    return [{ label: `Open at Line ${line}`, take }];
  }
  return [];
}
