import type { ControlPlane } from '../cluster/controlPlane.ts';

const NO_PODS = 'no pods today';

/** A policy that admits no pods of these apps, and what makes it hold; `more` is what it adds to its reason. */
export function noPodsOf(apps: readonly string[], more = ''): readonly object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: 'no-pods' };
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['pods'],
  };
  const expression = `!(object.metadata.labels.app in ${JSON.stringify(apps)})`;
  const spec = {
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression, message: `${NO_PODS}${more}` }],
  };
  const binding = { policyName: 'no-pods', validationActions: ['Deny'] };
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ];
}

/** Asks until the server refuses a pod of that app: a policy holds a moment after it is made. */
export async function isRefused(plane: ControlPlane, app: string): Promise<void> {
  const args = ['run', 'asked', '--image=app:1', `--labels=app=${app}`, '--dry-run=server'];
  const ask = () => plane.kubectl(args).then(String, String);
  while (!(await ask()).includes(NO_PODS));
}

/** What a kubelet says of a pod whose container waits. */
export function waitingFor(waiting: object | undefined): string {
  const container = { name: 'app', image: 'app:1', imageID: '', ready: false, restartCount: 0 };
  const containerStatuses = [{ ...container, state: { waiting } }];
  return JSON.stringify({ status: { phase: 'Pending', containerStatuses } });
}
