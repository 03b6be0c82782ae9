#!/usr/bin/env -S node --max-semi-space-size=1 --expose-gc
// fleetblock-agent: loads the program once it is known that this Node.js can run it. The young generation of its heap is kept small
// above: V8 would let it grow to 48 MB for the garbage of one big list, and keep that; --expose-gc is for run.ts. A report does
// without the command line's code where it can.
import { refuseOldNode } from '../common/node-version.ts';

refuseOldNode();
const quick =
  process.argv[2] === 'report'
    ? (await import('./reports/quick.ts')).quickSettings(process.argv.slice(3), process.env)
    : undefined;
if (quick) await (await import('./reports/quick.ts')).reportQuickly(quick);
else await (await import('./process.ts')).main();
