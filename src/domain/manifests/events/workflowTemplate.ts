import type { Metadata, Rule } from '../refreshAccess.ts';
import type { Refresh } from '../refreshJob.ts';
import { POD_SECURITY, refreshContainer, refreshVolumes } from '../refreshPod.ts';

/** What Argo's executor needs in each pod of a workflow, to tell how it went. Source: its page on RBAC. */
export const EXECUTOR_RULE: Rule = {
  apiGroups: ['argoproj.io'],
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
};

/**
 * The second step runs unless the first said that there is nothing to do. Argo compares the output as a value, so that
 * it may be empty, have several lines, or be anything else; and what is not understood is no reason to stay stale.
 */
const UNLESS_UNCHANGED = "{{=steps.detect.outputs.result != 'unchanged'}}";

/** The workflow of a refresh: it looks whether the source has changed, and brings the key up to date. */
export function workflowTemplate(refresh: Refresh, metadata: Metadata) {
  const { name, labels } = metadata;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTemplate',
    metadata,
    spec: {
      entrypoint: 'detect-and-update',
      serviceAccountName: name,
      automountServiceAccountToken: true,
      workflowMetadata: { labels },
      podMetadata: { labels },
      // One at a time, however many events there are.
      synchronization: { mutexes: [{ name }] },
      activeDeadlineSeconds: 1800,
      ttlStrategy: { secondsAfterCompletion: 604_800 },
      // Logs are there as long as pods: of a success for an hour, of a failure as long as its Workflow.
      podGC: { strategy: 'OnWorkflowSuccess', deleteDelayDuration: '1h' },
      securityContext: POD_SECURITY,
      volumes: refreshVolumes(refresh),
      templates: [stepsOf(), scriptOf(refresh)],
    },
  };
}

function stepsOf() {
  const step = (name: string) => ({
    name,
    template: 'refresh',
    arguments: { parameters: [{ name: 'step', value: name }] },
  });
  return {
    name: 'detect-and-update',
    steps: [[step('detect')], [{ ...step('update'), when: UNLESS_UNCHANGED }]],
  };
}

/** Both steps are one template with the one script, told by `STEP` which of them it is. */
function scriptOf(refresh: Refresh) {
  const { env, ...container } = refreshContainer({ ...refresh, conditional: true });
  return {
    name: 'refresh',
    inputs: { parameters: [{ name: 'step' }] },
    activeDeadlineSeconds: 300,
    // Code 3: the cache was written, and a second try at once would meet the same reader. The next run tries it again.
    retryStrategy: {
      limit: 2,
      retryPolicy: 'Always',
      expression: "lastRetry.exitCode != '3'",
      backoff: { duration: '10s', factor: 2 },
    },
    container: {
      ...container,
      env: [
        { name: 'STEP', value: '{{inputs.parameters.step}}' },
        BRACE,
        ...env.map((each) =>
          each.value === undefined ? each : { ...each, value: withoutTags(each.value) },
        ),
      ],
    },
  };
}

/** The variable of `withoutTags`, which stands before those that it is in. */
export const BRACE = { name: 'BRACE', value: '{' } as const;

/**
 * A value in which Argo finds no `{{` to replace: each second brace is a variable, which the kubelet puts in when
 * Argo is done.
 */
export function withoutTags(value: string): string {
  return value.replaceAll('{{', '{$(BRACE)');
}
