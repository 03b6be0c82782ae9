// SIGKILL at every step of writing the record of the view, with real processes; and a real full disk.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAgentClock } from '../../agent/host/boot-clock.ts';
import { isCurrent, markOf, type StoredView } from '../../agent/list/held.ts';
import { StateFile } from '../../agent/list/record/state-file.ts';
import { packEntries } from '../../common/entries/packed.ts';
import { listed } from './reference.ts';
import { silent } from './silent.ts';
import { changeOf, heldAt, viewAt } from './state-script.ts';

const FAILPOINTS = [
  'agent.state.before-append',
  'agent.state.after-append',
  'agent.state.begun',
  'agent.state.rows',
  'agent.state.ended',
  'agent.state.flushed',
  'agent.state.before-rename',
  'agent.state.renamed',
  'agent.state.cleaned',
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-kill-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => new StateFile({ directory, clock: systemAgentClock(), log: silent });

async function load(): Promise<StoredView | undefined> {
  const file = open();
  const stored = await file.load();
  await file.close();
  return stored;
}

describe('record of the view', () => {
  for (const name of FAILPOINTS)
    it(`is never behind what was acked after SIGKILL at ${name}`, async () => {
      let kills = 0;
      for (let passage = 1; ; passage++) {
        rmSync(directory, { recursive: true, force: true });
        directory = mkdtempSync(join(tmpdir(), 'fleetblock-kill-'));
        const { signal, stdout, stderr } = spawnSync(
          process.execPath,
          [join(import.meta.dirname, 'state-writer.ts'), directory],
          { env: { ...process.env, FLEETBLOCK_FAILPOINTS: `${name}=kill@${passage}` }, encoding: 'utf8' },
        );
        if (signal !== 'SIGKILL') {
          expect(stderr).toBe('');
          break;
        }
        kills++;
        const said = (word: string) =>
          Number(
            stdout
              .split('\n')
              .findLast((line) => line.startsWith(`${word} `))
              ?.split(' ')[1] ?? 0,
          );
        const [marked, acked, durable] = [said('mark'), said('ack'), said('durable')];
        const stored = await load();
        const current = stored !== undefined && isCurrent(stored, marked > 0 ? markOf(heldAt(marked)) : undefined);
        // Whatever is enforced over pinned maps has all that was acked.
        if (current) {
          expect(Number(stored.held.revision)).toBeGreaterThanOrEqual(acked);
          expect(listed(stored.table)).toEqual(listed(viewAt(Number(stored.held.revision))));
        }
        // And it is enforced when nothing was under way but changes of a whole record.
        const whole = durable === 7 || (durable === 1 && marked < 6);
        if (whole && marked === acked) expect(current).toBe(true);
      }
      expect(kills).toBeGreaterThan(0);
    });

  it.skipIf(process.getuid?.() !== 0)(
    'faults row 24: on a full disk the agent keeps its list, says so, and records it once there is room (root)',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', directory]);
      try {
        const file = open();
        await file.rewrite(heldAt(1), [viewAt(1).packLeft(0)], systemAgentClock().bootMs());
        // Fill the disk to the last page.
        const ballast = join(directory, 'ballast');
        for (let bytes = 64 * 1024; bytes > 0; bytes -= 4096)
          try {
            writeFileSync(ballast, Buffer.alloc(bytes));
            break;
          } catch {
            rmSync(ballast, { force: true });
          }
        let revision = 1;
        while (file.problem === '' && revision < 200) {
          revision++;
          const { adds, removes } = changeOf(revision);
          file.append(heldAt(revision), packEntries(adds), packEntries(removes));
        }
        expect(file.problem).toContain('ENOSPC');
        // Killed now, the next agent does not bring pinned maps back to what is on the disk.
        const behind = await load();
        expect(Number(behind?.held.revision)).toBeLessThan(revision);
        expect(behind && isCurrent(behind, markOf(heldAt(revision)))).toBe(false);
        rmSync(ballast);
        await file.rewrite(heldAt(revision), [viewAt(revision).packLeft(0)], systemAgentClock().bootMs());
        expect(file.problem).toBe('');
        expect(await load()).toMatchObject({ current: true, held: heldAt(revision) });
        await file.close();
      } finally {
        execFileSync('umount', [directory]);
      }
    },
  );
});
