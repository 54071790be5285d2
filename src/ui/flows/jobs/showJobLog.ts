import { Range, TabInputText, window, workspace, type Disposable, type Uri } from 'vscode';
import type { CacheJob } from '../../../domain/jobs/cacheJob.ts';
import { printWorkload } from '../../../domain/readers/workload.ts';
import type { LogPart } from '../../../operations/jobs/jobLog.ts';
import type { Operations } from '../../../operations/operations.ts';
import { COMMANDS } from '../../contributions.ts';
import { jobOf, offer, printPlace } from './jobOf.ts';
import { inProgress, type Session } from '../session.ts';

/** *Show Job Log*: the log of the last run of a job in a document that grows with it, until the run has ended. */
export async function showJobLog(session: Session, argument: unknown): Promise<void> {
  const chosen = await jobOf(session, argument, 'Show Job Log');
  if (chosen === undefined) return;
  const { jobLog, jobs } = await session.operations();
  const where = printPlace(chosen.job.workload.ref);
  const job = await withRuns(jobs, chosen.job);
  const [run] = job.runs ?? [];
  if (run === undefined) {
    offer(`${where} has no run whose log could be shown.`, 'Run Job Now', [
      COMMANDS.runJob,
      chosen,
    ]);
    return;
  }
  const name = printWorkload(run.workload.ref);
  const uri = session.logs.begin(`${run.workload.ref.name}.log`);
  const tell = (part: LogPart) => {
    session.logs.append(uri, part.kind === 'line' ? `${part.text}\n` : `--- ${part.text}\n`);
  };
  tell({ kind: 'note', text: `Log of ${name} of ${where}` });
  await window.showTextDocument(uri, { preview: false });
  const following = followEnd(uri);
  try {
    await inProgress(`Following the log of ${name}`, async (_report, signal) => {
      const closed = closing(uri, following);
      await jobLog.follow(job, run, tell, AbortSignal.any([signal, closed]));
      if (signal.aborted) tell({ kind: 'note', text: 'Not followed any more.' });
    });
  } finally {
    for (const each of following) each.dispose();
  }
}

/** The job with its runs, also where nobody has looked at them yet. Throws why they cannot be seen. */
async function withRuns(jobs: Operations['jobs'], job: CacheJob): Promise<CacheJob> {
  if (job.runs !== undefined) return job;
  const running = await jobs.running(job.workload);
  if (running instanceof Error) throw running;
  return { ...job, runs: jobs.runs(job.workload) };
}

/** Aborts when the document is closed. */
function closing(uri: Uri, listening: Disposable[]): AbortSignal {
  const controller = new AbortController();
  listening.push(
    window.tabGroups.onDidChangeTabs(({ closed }) => {
      const isThis = closed.some(
        ({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString(),
      );
      if (isThis) controller.abort();
    }),
  );
  return controller.signal;
}

/** Shows the end of the document as it grows, while its end was in sight. */
function followEnd(uri: Uri): Disposable[] {
  let lines = 1;
  return [
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() !== uri.toString()) return;
      const last = document.lineCount - 1;
      for (const editor of window.visibleTextEditors) {
        const wasInSight = editor.visibleRanges.some(({ end }) => end.line >= lines - 2);
        if (editor.document === document && wasInSight) {
          editor.revealRange(new Range(last, 0, last, 0));
        }
      }
      lines = document.lineCount;
    }),
  ];
}
