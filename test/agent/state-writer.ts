// Run by state-kill.test.ts: makes changes to a view and records them, saying on stdout which revision an agent would have marked
// beside the kernel's maps and acked by now, and which one the record must have. A failpoint ends it somewhere in between.
import { writeSync } from 'node:fs';
import { systemAgentClock } from '../../agent/host/boot-clock.ts';
import { StateFile } from '../../agent/list/record/state-file.ts';
import { packEntries } from '../../common/entries/packed.ts';
import { silent } from './silent.ts';
import { changeOf, heldAt, viewAt } from './state-script.ts';

const clock = systemAgentClock();
const file = new StateFile({ directory: process.argv[2] ?? '', clock, log: silent });
await file.load();

const say = (word: 'mark' | 'ack' | 'durable', revision: number) => writeSync(1, `${word} ${revision}\n`);
const append = (revision: number) => {
  const { adds, removes } = changeOf(revision);
  say('mark', revision);
  file.append(heldAt(revision), packEntries(adds), packEntries(removes));
  say('ack', revision);
};

// A first snapshot, changes, a rewrite with changes meanwhile, a second snapshot, changes. A snapshot is acked before its record
// is whole.
say('mark', 1);
const first = file.rewrite(heldAt(1), [viewAt(1).packLeft(0)], clock.bootMs());
say('ack', 1);
await first;
say('durable', 1);
append(2);
append(3);
const rewritten = file.rewrite(heldAt(3), [viewAt(3).packLeft(0)], clock.bootMs());
append(4);
await rewritten;
append(5);
say('mark', 6);
const replaced = file.rewrite(heldAt(6), [viewAt(6).packLeft(0)], clock.bootMs());
say('ack', 6);
append(7);
await replaced;
say('durable', 7);
append(8);
await file.close();
