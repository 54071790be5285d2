import assert from 'node:assert/strict';
import { FaultProxy } from '../cluster/faultProxy.ts';
import { readKubeconfig } from '../cluster/kubeconfigFile.ts';
import type { Fault, Match } from '../cluster/passing.ts';
import { mapOf, newRefresh, runByHand, type HandOptions } from './byHand.ts';
import type { Shell } from './shells.ts';
import { content } from './sourceServer.ts';
import { create, entries, runsUnder, setUp, tearDown, workload, type Stage } from './stage.ts';

const READER = { kind: 'Deployment', name: 'some-reader' } as const;

const isWrite: Match = ({ method, url }) => method !== 'GET' && url.includes('/configmaps');
const isRollout: Match = ({ url }) => url.includes('/deployments?');

/** An answer in place of that of a server that did what was asked. */
function answer(status: number, body: string): Fault {
  return { kind: 'answer', status, body, isDone: true };
}

const LATE = {
  kind: 'Status',
  status: 'Failure',
  code: 504,
  reason: 'Timeout',
  message: 'too late',
};

/** What comes back of a write that was carried out. */
const OPEN: readonly (readonly [string, Fault])[] = [
  ['a connection that breaks', { kind: 'cutAfter' }],
  ['an answer that breaks', { kind: 'cutWithin' }],
  ['502 of a proxy', answer(502, '<html>')],
  ['504', answer(504, JSON.stringify(LATE))],
];

describe('a refresh by hand that does not come to its end, run for real', () => {
  let stage: Stage;
  let proxy: FaultProxy;
  let server: string;

  before(async () => {
    stage = await setUp();
    proxy = await FaultProxy.start(stage.plane);
    ({ server } = await readKubeconfig(proxy.kubeconfig));
  });
  afterEach(() => {
    proxy.mend();
  });
  after(async () => {
    await proxy.stop();
    await tearDown(stage);
  });

  for (const name of ['BusyBox ash', 'dash', 'bash']) {
    describe(`under ${name}`, () => {
      let shell: Shell;

      before(function () {
        ({ shell } = runsUnder(stage, name, this));
      });

      /** A refresh of a cache that holds 10 entries. */
      const written = async () => {
        const refresh = await newRefresh(stage, { server, restarts: [READER] });
        const { namespace } = refresh.cache;
        const metadata = { name: refresh.cache.name, namespace };
        const data = { [refresh.key]: entries(10) };
        await create(stage, [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
          workload(READER.kind, { name: READER.name, namespace }),
        ]);
        stage.source.answer = content(entries(11));
        const run = async (options: HandOptions) => {
          const env = { KUBECONFIG: proxy.kubeconfig };
          const { code, stdout, stderr } = await runByHand(stage, shell, refresh, {
            env,
            ...options,
          });
          return { code, said: `${stdout}${stderr}`.replaceAll('\r', '') };
        };
        const value = async () => (await mapOf(stage, refresh))?.data?.[refresh.key];
        return { run, value, place: `${namespace}/${metadata.name} in context demo` };
      };

      it('says what Ctrl-C left: nothing at the question and during the fetch', async function () {
        // The program of other systems that gives a terminal takes other options.
        if (process.platform !== 'linux') return this.skip();
        const { run, value } = await written();
        const asked = await run({ args: [], typed: '\u0003' });
        assert.equal(asked.code, 130, asked.said);
        assert.match(asked.said, /\[y\/N\] .*Interrupted: nothing was written\.\n$/s);
        const interrupted = new Promise((resolve) => {
          stage.source.answer = resolve;
        });
        const fetching = await run({ interrupted });
        assert.equal(fetching.code, 130, fetching.said);
        assert.match(fetching.said, /Interrupted: nothing was written\.\n$/);
        assert.equal(await value(), entries(10));
      });

      it('says what Ctrl-C left: perhaps the write, or the readers', async function () {
        if (process.platform !== 'linux') return this.skip();
        const { run, value, place } = await written();
        const cases: readonly (readonly [Match, string, number])[] = [
          [isWrite, `it is not known whether ${place} was written`, 10],
          [
            isRollout,
            `${place} was written, but perhaps not all of its readers were restarted`,
            11,
          ],
        ];
        for (const [match, words, count] of cases) {
          proxy.break(match, { kind: 'hold' });
          const { code, said } = await run({ interrupted: proxy.strikes() });
          assert.equal(code, 130, said);
          assert.ok(said.endsWith(`Interrupted: ${words}.\n`), said);
          assert.equal(await value(), entries(count));
        }
      });

      for (const [title, fault] of OPEN) {
        it(`does not say that nothing was written where the write ends in ${title}`, async () => {
          const { run, value, place } = await written();
          proxy.break(isWrite, fault);
          const { code, said } = await run({});
          assert.equal(code, 1);
          assert.ok(said.startsWith(`It is not known whether ${place} was written: `), said);
          assert.equal(await value(), entries(11));
        });
      }
    });
  }
});
