import { ProgressLocation, window, type QuickPickItem } from 'vscode';
import { appliedSentence, isWhole } from '../../../domain/manifests/applyOutcome.ts';
import {
  deedOf,
  ownersOfLine,
  planCounts,
  planText,
  takenFrom,
  type ApplyLine,
  type ApplyPlan,
} from '../../../domain/manifests/applyPlan.ts';
import { printObject, type ManifestObject } from '../../../domain/manifests/manifestObject.ts';
import type { Scaffold } from '../../../domain/manifests/scaffold.ts';
import { ownerSentence } from '../../../domain/owners.ts';
import { printCount } from '../../../domain/size.ts';
import { withoutIcons, withoutLinks } from '../../../domain/text.ts';
import { compare, type Compared } from '../../documents/comparison.ts';
import { copyApply } from '../copyAsKubectl.ts';
import { inProgress, say, type Session } from '../session.ts';

/** Shows what the server says that applying a scaffold would do, then applies it and tells how each object ended. */
export async function applyScaffold(session: Session, scaffold: Scaffold): Promise<void> {
  const { where, files, folder } = scaffold;
  const { scaffolds } = await session.operations();
  const objects = scaffolds.manifestObjects(files, where, folder);
  while (await applyOnce(session, scaffold, objects));
}

/** True where it did not go well and the person wants to look again. */
async function applyOnce(
  session: Session,
  { where }: Scaffold,
  objects: readonly ManifestObject[],
): Promise<boolean> {
  const { applyObjects } = await session.operations();
  const plan = await inProgress(`Asking ${where.context} what would change`, (_, signal) =>
    applyObjects.plan(where, objects, signal),
  );
  const decision = await decide(session, plan);
  if (decision === 'copy') await copyApply(session, plan);
  if (decision !== 'apply') return false;
  const applied = await window.withProgress(
    { location: ProgressLocation.Window, title: withoutIcons(`Applying to ${where.context}`) },
    (progress) =>
      applyObjects.apply(plan, (object) => {
        progress.report({ message: printObject(object) });
      }),
  );
  const sentence = appliedSentence(applied, where);
  if (isWhole(applied)) {
    say(sentence);
    return false;
  }
  const again = 'Look Again';
  return (await window.showErrorMessage(withoutLinks(sentence), again)) === again;
}

/** Shows a plan, whose fields it takes over included, and asks; nothing where the person leaves. */
async function decide(session: Session, plan: ApplyPlan): Promise<'apply' | 'copy' | undefined> {
  const { context, namespace } = plan.where;
  const title = `Apply to context ${context}, namespace ${namespace}`;
  const comparison = await compare(title, await rowsOf(session, plan));
  const taken = plan.lines.flatMap(takenFrom);
  const doubts = [...new Set([...taken, ...plan.lines.flatMap(ownersOfLine).map(ownerSentence)])];
  const conflicts = plan.lines.flatMap((line) => line.conflicts);
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].join(', ');
  const item: QuickPickItem =
    conflicts.length === 0
      ? { label: '$(cloud-upload) Apply to Cluster', description: `context ${context}` }
      : {
          label: '$(warning) Apply, and Take Over Their Fields',
          description: withoutIcons(
            `from ${managers}: ${conflicts.map(({ field }) => field).join(', ')}`,
          ),
        };
  const detail = doubts.length === 0 ? {} : { detail: withoutIcons(doubts.join(' ')) };
  const apply = { ...item, ...detail, decision: 'apply' } as const;
  const copy = { label: '$(terminal) Copy as kubectl Command', decision: 'copy' } as const;
  const picked = await window.showQuickPick([apply, copy], {
    title,
    placeHolder: `${printCount(plan.lines.length, 'object', 'objects')}: ${planCounts(plan)}`,
    ignoreFocusOut: true,
  });
  await comparison.close();
  return picked?.decision;
}

/** The plan in words, and each object as it is beside what it will be. */
async function rowsOf(session: Session, plan: ApplyPlan): Promise<readonly Compared[]> {
  const { scaffolds } = await session.operations();
  const { texts } = session;
  const row = ({ object, before, after }: ApplyLine): Compared => {
    const name = `${object.kind.toLowerCase()}-${object.name}.yaml`;
    const shown = (label: string, fields: ApplyLine['before']) =>
      texts.uriOfText(name, label, fields === undefined ? '' : scaffolds.objectText(fields));
    return {
      before: before && shown('in the cluster', before),
      after: shown('after', after ?? object.fields),
    };
  };
  const words = texts.uriOfText('plan.txt', 'plan', planText(plan));
  const changing = plan.lines.filter((line) => deedOf(line) !== 'unchanged');
  return [{ before: undefined, after: words }, ...changing.map(row)];
}
