// Run by state-kill.test.ts: makes changes to a view and records them, saying on stdout which revision an agent would have
// acked by now. A failpoint ends it somewhere in between.
import { writeSync } from 'node:fs';
import { systemAgentClock } from '../../agent/boot-clock.ts';
import type { Held } from '../../agent/held.ts';
import { StateFile } from '../../agent/state-file.ts';
import { packEntries } from '../../common/packed.ts';
import { silent } from './silent.ts';
import { changeOf, viewAt } from './state-script.ts';

const clock = systemAgentClock();
const file = new StateFile({ directory: process.argv[2] ?? '', clock, log: silent });
await file.load();

const held = (revision: number): Held => {
  const view = viewAt(revision);
  return { epoch: 'e1', revision: BigInt(revision), digest: view.digest(), entries: view.size };
};
const acked = (revision: number, how: string) => writeSync(1, `${revision} ${how}\n`);
const append = (revision: number) => {
  const { adds, removes } = changeOf(revision);
  file.append(held(revision), packEntries(adds), packEntries(removes));
  acked(revision, 'recorded');
};

// A first snapshot, changes, a rewrite with changes meanwhile, a second snapshot by supersede, changes.
await file.rewrite(held(1), [viewAt(1).pack(0)]);
acked(1, 'recorded');
append(2);
append(3);
const rewritten = file.rewrite(held(3), [viewAt(3).pack(0)]);
append(4);
await rewritten;
append(5);
file.supersede();
acked(6, 'superseded');
const replaced = file.rewrite(held(6), [viewAt(6).pack(0)]);
append(7);
await replaced;
acked(7, 'recorded');
append(8);
await file.close();
