// Loaded into a program under test (node --import): the longest time that its event loop was held, written on SIGUSR2 to
// FLEETBLOCK_LOOP_PROBE/<pid> as `COUNT MILLISECONDS`, counted from then on anew. A timer every five milliseconds sees it.
import { renameSync, writeFileSync } from 'node:fs';

const EVERY_MS = 5;
const directory = process.env.FLEETBLOCK_LOOP_PROBE;

if (directory !== undefined) {
  let last = performance.now();
  let longest = 0;
  let reports = 0;
  setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - EVERY_MS);
    last = now;
  }, EVERY_MS).unref();
  process.on('SIGUSR2', () => {
    const path = `${directory}/${process.pid}`;
    writeFileSync(`${path}.new`, `${++reports} ${Math.max(longest, performance.now() - last - EVERY_MS).toFixed(1)}`);
    renameSync(`${path}.new`, path);
    longest = 0;
    last = performance.now();
  });
}
