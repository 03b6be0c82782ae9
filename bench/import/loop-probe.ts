// Loaded into a program under test (node --import): the longest time that its event loop was blocked, written on SIGUSR2 to
// FLEETBLOCK_LOOP_PROBE/<pid> as `COUNT MILLISECONDS`, counted from zero again. A timer every five milliseconds sees it.
// With FLEETBLOCK_LOOP_PROBE_CLOCK=processor it is the processor time of the loop's thread: on a machine that is busy otherwise, the
// program's own part of it.
import { renameSync, writeFileSync } from 'node:fs';

const EVERY_MS = 5;
const directory = process.env.FLEETBLOCK_LOOP_PROBE;

/** Milliseconds. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

if (directory !== undefined) {
  const ofProcessor = process.env.FLEETBLOCK_LOOP_PROBE_CLOCK === 'processor';
  const nowMs = ofProcessor ? processorMs : () => performance.now();
  const idleMs = ofProcessor ? 0 : EVERY_MS;
  let last = nowMs();
  let longest = 0;
  let reports = 0;
  setInterval(() => {
    const now = nowMs();
    longest = Math.max(longest, now - last - idleMs);
    last = now;
  }, EVERY_MS).unref();
  process.on('SIGUSR2', () => {
    const path = `${directory}/${process.pid}`;
    writeFileSync(`${path}.new`, `${++reports} ${Math.max(longest, nowMs() - last - idleMs).toFixed(1)}`);
    renameSync(`${path}.new`, path);
    longest = 0;
    last = nowMs();
  });
}
