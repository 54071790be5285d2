import { FileSystemError, TextDocumentSaveReason, window, workspace, type Uri } from 'vscode';
import { Failure, notYetWritten } from '../../../domain/failure.ts';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import { lastWriterSentence } from '../../../domain/owners.ts';
import { stateOf, type KeyVerdict } from '../../../domain/plan/planState.ts';
import { cacheId, printCacheAndContext } from '../../../domain/ref.ts';
import { limitSentences, planSummary, verdictSentence } from '../../../domain/plan/verdictText.ts';
import type { KeyAddress } from '../../../operations/keys/keyAddress.ts';
import type { Save } from '../../../operations/keys/openKeys.ts';
import { keyOf } from '../../documents/keyAddress.ts';
import { setting } from '../../settings.ts';
import { compareVersions } from '../history/compareVersions.ts';
import { offerAfterSave, readersOf } from '../restarts/offerRestart.ts';
import { applied, showPlan } from '../refresh/planFlow.ts';
import { refuse } from '../refusal.ts';
import { say, type Session } from '../session.ts';

/**
 * Writes a key as it was edited; `reason` is why the editor saves, where it told. It asks where something
 * would be lost or was not seen; throws where nothing was written, and why, so that the editor keeps the text.
 */
export async function saveKey(
  session: Session,
  uri: Uri,
  { bytes, reason }: { bytes: Uint8Array; reason: TextDocumentSaveReason | undefined },
): Promise<void> {
  const address = keyOf(uri);
  if (address === undefined) throw FileSystemError.FileIsADirectory(uri);
  await session.choice.check(address.ref);
  await refuseAutomatic(uri, address, reason);
  const { openKeys } = await session.operations();
  const save = await openKeys.planSave(address, bytes, new AbortController().signal);
  const state = stateOf(save.plan);
  if (state.kind === 'nothingToChange') return;
  if (state.kind === 'refused') {
    offerSmaller(session, save.plan, state.because);
    throw notSaved(address, state.because.map(verdictSentence));
  }
  if (!save.seen) await askUnseen(session, uri, { address, save });
  const outcome = await applied(session, save.plan);
  if (outcome?.kind === 'written') {
    openKeys.saved(address, outcome.cache);
    sayLimits(save.plan);
    offerAfterSave(session, save.plan, { write: outcome.write, show: showPlan });
    return;
  }
  if (outcome === undefined) throw notSaved(address, ['You did not want it.']);
  if (outcome.kind === 'notYet') {
    const message = `${notYetWritten(address.ref, outcome.failure)} Save again: what was written meanwhile is found.`;
    throw new Failure(message, { reason: 'Unreachable', nextStep: 'retry' });
  }
  offerComparison(session, uri);
  if (outcome.kind === 'overwritten') throw overwritten(address);
  throw notSaved(address, [WHY[outcome.kind]]);
}

/** What no person asked for does not write a cluster, unless the person said once that it may. */
async function refuseAutomatic(
  uri: Uri,
  address: KeyAddress,
  reason: TextDocumentSaveReason | undefined,
): Promise<void> {
  if (setting('autoSave') || reason === TextDocumentSaveReason.Manual) return;
  if (reason !== undefined) throw notSaved(address, [AUTOMATIC]);
  // Some editors tell no reason. Where nothing is saved by itself, it was the person.
  const auto = workspace.getConfiguration('files', uri).get<string>('autoSave');
  if (auto === undefined || auto === 'off') return;
  const write = 'Write';
  const question = `Write ${address.key} of ${printCacheAndContext(address.ref)}?`;
  const answer = await window.showWarningMessage(question, { modal: true }, write);
  if (answer !== write) throw notSaved(address, [AUTOMATIC]);
}

const AUTOMATIC = 'Auto-save does not write to a cluster. Save it yourself, or change the setting.';

const WHY = {
  conflict: 'The cache changed at the same moment.',
  gone: 'The cache was deleted at the same moment.',
  overtaken: 'The connection broke, and somebody else wrote the cache meanwhile.',
} as const;

function overwritten({ ref, key }: KeyAddress): Failure {
  const message = `${key} of ${printCacheAndContext(ref)} was written, and then somebody else wrote over it.`;
  return new Failure(message, { reason: 'Conflict', nextStep: 'retry' });
}

function notSaved({ ref, key }: KeyAddress, sentences: readonly string[]): Failure {
  const message = `${key} of ${printCacheAndContext(ref)} was not written. ${sentences.join(' ')}`;
  return new Failure(message, { reason: 'Conflict', nextStep: 'retry' });
}

/**
 * Asks where the cluster holds something that was not seen. VS Code asks by itself where the number of bytes
 * is another; Source: `validateWriteFile` of its file service.
 */
async function askUnseen(
  session: Session,
  uri: Uri,
  { address, save }: { address: KeyAddress; save: Save },
): Promise<void> {
  const { key, ref } = address;
  const overwrite = 'Overwrite';
  const what = planSummary(save.plan).join('; ');
  const why =
    save.base === undefined
      ? 'What your text was made from is not known: it may be from before the window was opened.'
      : 'Somebody changed it since you opened it. Your text would replace that.';
  const who = save.plan.before && lastWriterSentence(save.plan.before, key);
  const readers = await readersOf(session, save.plan);
  const answer = await window.showWarningMessage(
    `Overwrite ${key} of ${printCacheAndContext(ref)}?`,
    { modal: true, detail: [why, who, `${what}.`, readers].filter(Boolean).join('\n') },
    overwrite,
    COMPARE,
  );
  if (answer === overwrite) return;
  if (answer === COMPARE) await compareVersions(session, uri);
  throw notSaved(address, ['The cluster holds something else now.']);
}

/** Of what is too large, says what would help beside what the editor says, and offers it. */
function offerSmaller(session: Session, plan: CachePlan, because: readonly KeyVerdict[]): void {
  if (because.every(({ verdict }) => verdict.kind !== 'tooLarge')) return;
  const show = (one: CachePlan) => showPlan(session, one);
  refuse(session, plan, { because, show }).then(
    () => undefined,
    () => undefined,
  );
}

/** By cache: what was said last of its limits. It is not said again at every save. */
const saidOf = new Map<string, string>();

function sayLimits(plan: CachePlan): void {
  const sentences = limitSentences(plan).join(' ');
  const id = cacheId(plan.ref);
  if (sentences !== '' && sentences !== saidOf.get(id)) {
    say(`${printCacheAndContext(plan.ref)} was written. ${sentences}`);
  }
  saidOf.set(id, sentences);
}

const COMPARE = 'Compare the Three Versions';

function offerComparison(session: Session, uri: Uri): void {
  window.showWarningMessage('The cluster holds something else now.', COMPARE).then(
    async (answer) => {
      if (answer === COMPARE) await compareVersions(session, uri);
    },
    () => undefined,
  );
}
