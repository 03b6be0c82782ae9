// Whether the controller's memory stays flat while hosts do not read. One host in twenty opens its stream, says that it lives and reads nothing;
// the others follow thousands of changes. The list itself does not grow: the same addresses come and go.
import { report } from '../report.ts';
import { helper } from './rig.ts';

/** Growth that is no leak: what the controller remembers of the last changes (events, history) fills up. */
const FLAT_MIB = 8;
/** Of one change. 10,000 unread changes would take some 30 MiB for five hosts. */
const PREFIXES = 50;

interface Sample {
  readonly changes: number;
  readonly usedMiB: number;
  readonly rssMiB: number;
}

async function run(agents: number, deaf: number, changes: number): Promise<{ samples: Sample[]; lagging: number }> {
  const product = helper('../../test/sync/simulated/slow-controller.ts', [
    `${agents}`,
    `${deaf}`,
    `${changes}`,
    `${PREFIXES}`,
  ]);
  const samples: Sample[] = [];
  for (;;) {
    const said = Object(await product.next());
    if (said.done) {
      await product.end();
      return { samples, lagging: Number(said.lagging) };
    }
    samples.push({ changes: said.changes, usedMiB: said.used / 2 ** 20, rssMiB: said.rss / 2 ** 20 });
  }
}

/** From a tenth of the changes on: before, caches fill. */
function growth(samples: readonly Sample[], of: 'usedMiB' | 'rssMiB'): number {
  return (samples.at(-1)?.[of] ?? 0) - (samples[1]?.[of] ?? 0);
}

export async function slow(agents: number, changes: number): Promise<void> {
  const deaf = Math.max(1, Math.round(agents / 20));
  const all = await run(agents, 0, changes);
  const some = await run(agents, deaf, changes);
  if (some.lagging !== deaf) throw new Error(`${some.lagging} of ${deaf} hosts that do not read are shown as lagging`);
  report(
    'fleet-slow',
    [
      {
        question: `memory after ${changes} changes, ${agents} agents that all read: growth over the last nine tenths`,
        value: growth(all.samples, 'usedMiB'),
        unit: 'MiB',
      },
      {
        question: `the same with ${deaf} that read nothing`,
        value: growth(some.samples, 'usedMiB'),
        unit: 'MiB',
        limit: { relation: '<=', value: FLAT_MIB },
      },
      { question: 'resident, all read: growth', value: growth(all.samples, 'rssMiB'), unit: 'MiB' },
      { question: `resident, ${deaf} read nothing: growth`, value: growth(some.samples, 'rssMiB'), unit: 'MiB' },
    ],
    { agents, deaf, changes, allRead: all.samples, someDoNot: some.samples },
  );
}
