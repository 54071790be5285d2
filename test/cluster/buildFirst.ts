import { ensureBinaries } from './binaries.ts';

// A test file that starts a control plane imports this: the first build takes minutes, which is no test's
// time.
before('the programs of a control plane are there', async function () {
  this.timeout(0);
  await ensureBinaries();
});
