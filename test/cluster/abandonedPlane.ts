// Starts a control plane, says where it is, and never stops it: a test kills this process.
import { startControlPlane } from './controlPlane.ts';

const { directory, pids } = await startControlPlane({ workloads: true });
process.stdout.write(`${JSON.stringify({ directory, pids: [...pids] })}\n`);
