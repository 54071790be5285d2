import { window } from 'vscode';
import { factsOf } from '../../../domain/facts.ts';
import { isFailure } from '../../../domain/failure.ts';
import { printBytes } from '../../../domain/size.ts';
import { fileName, keyId, printSource, problemOfUrl, type Source } from '../../../domain/source.ts';
import { withoutLinks } from '../../../domain/text.ts';
import type { CachePlan } from '../../../domain/plan/cachePlan.ts';
import { pickKey } from '../../pickers.ts';
import { showPlan } from './planFlow.ts';
import { inProgress, type Session } from '../session.ts';
import { targetOf, type Target } from '../target.ts';

const TITLE = 'Refresh from URL';

/** *Refresh from URL*: asks for what is missing, fetches, then shows the plan. */
export async function refreshFromUrl(session: Session, argument: unknown): Promise<void> {
  const target = await targetOf(session, argument, TITLE);
  if (target === undefined) return;
  const plan = await planFromUrl(session, target, TITLE);
  if (plan !== undefined) await showPlan(session, plan);
}

/** Asks for a URL, and for a key where it is not known, and fetches; nothing where the person leaves. */
export async function planFromUrl(
  session: Session,
  target: Target,
  title: string,
): Promise<CachePlan | undefined> {
  const url = await askForUrl(session, target, title);
  if (url === undefined) return undefined;
  const key =
    target.key ?? (await pickKey(session, target.ref, { title, suggested: fileName(url) }));
  if (key === undefined) return undefined;
  const source = { kind: 'url', url } as const;
  return await planWithCredentials(session, { ref: target.ref, key, source });
}

/** Asks for a URL of new content; the last one of that key is offered. */
export async function askForUrl(
  session: Session,
  target: Target,
  title: string,
): Promise<string | undefined> {
  const value = await lastUrl(session, target);
  return await window.showInputBox({
    title,
    prompt: 'URL with the new content (http or https)',
    placeHolder: 'https://example.com/mappings.json',
    ...(value === undefined ? {} : { value }),
    validateInput: problemOfUrl,
    ignoreFocusOut: true,
  });
}

/** The URL that was used last for this key here, else the one that the cluster remembers. */
export async function lastUrl(session: Session, { ref, key }: Target): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const last = session.remembered.get('sources')?.[keyId(ref, key)];
  if (last?.kind === 'url') return last.url;
  const { inventory } = await session.operations();
  const { members } = await inventory.caches(ref.context, ref.namespace);
  const noted = factsOf(members.get(ref.name)?.annotations ?? {}, key).source;
  return noted !== undefined && problemOfUrl(noted) === undefined ? noted : undefined;
}

interface Wanted {
  readonly ref: Target['ref'];
  readonly key: string;
  readonly source: Source;
}

/** Fetches and plans; where the origin wants credentials, asks for them and tries again. */
async function planWithCredentials(
  session: Session,
  wanted: Wanted,
): Promise<CachePlan | undefined> {
  for (;;) {
    try {
      return await fetchAndPlan(session, wanted);
    } catch (error) {
      if (!isFailure(error) || error.reason !== 'CredentialsWanted') throw error;
      const enter = 'Enter Credentials';
      const answer = await window.showWarningMessage(withoutLinks(error.message), enter);
      const origin = error.subject ?? '';
      if (answer !== enter || !(await session.credentials.ask(origin))) return undefined;
    }
  }
}

async function fetchAndPlan(session: Session, { ref, key, source }: Wanted): Promise<CachePlan> {
  await session.remembered.setSource(keyId(ref, key), source);
  const { readSource, changes } = await session.operations();
  return await inProgress(`Fetching ${printSource(source)}`, async (report, signal) => {
    const progress = (bytes: number, total: number | undefined) => {
      report(printBytes(bytes) + (total === undefined ? '' : ` of ${printBytes(total)}`));
    };
    const content = await readSource(source, progress, signal);
    return await changes.plan(ref, [{ key, source, content }], signal);
  });
}
