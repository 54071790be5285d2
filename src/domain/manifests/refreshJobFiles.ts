import { scheduleWords } from '../schedule/scheduleWords.ts';
import type { RefreshJob } from './refreshJob.ts';
import { refreshJobObjects } from './refreshJobObjects.ts';
import { IMAGE_COMMENT } from './refreshPod.ts';
import type { ManifestFile } from './scaffold.ts';
import { yamlText, type Comment } from './yamlText.ts';

/** The files of a job, for a folder of their own. */
export function refreshJobFiles(job: RefreshJob): readonly ManifestFile[] {
  const { serviceAccount, role, roleBinding, cronJob } = refreshJobObjects(job);
  const files = [
    { name: 'serviceaccount.yaml', text: yamlText(serviceAccount) },
    { name: 'role.yaml', text: yamlText(role) },
    { name: 'rolebinding.yaml', text: yamlText(roleBinding) },
    { name: 'cronjob.yaml', text: yamlText(cronJob, commentsFor(job)) },
  ];
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(({ name }) => name),
  };
  return [...files, { name: 'kustomization.yaml', text: yamlText(kustomization) }];
}

/** The same in one file, which needs no kustomization. */
export function refreshJobInOneFile(job: RefreshJob): string {
  return refreshJobFiles(job)
    .filter(({ name }) => name !== 'kustomization.yaml')
    .map(({ text }) => text)
    .join('---\n');
}

function commentsFor({ schedule, timeZone }: RefreshJob): readonly Comment[] {
  const container = ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0];
  return [
    { path: ['spec', 'schedule'], text: `${scheduleWords(schedule)}, ${timeZone}` },
    { path: [...container, 'image'], text: IMAGE_COMMENT },
  ];
}
