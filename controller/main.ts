#!/usr/bin/env node
// fleetblock-controller: loads the program once it is known that this Node.js can run it.
import { refuseOldNode } from '../common/node-version.ts';

refuseOldNode();
await (await import('./process.ts')).main();
