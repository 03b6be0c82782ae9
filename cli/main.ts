#!/usr/bin/env node
// fleetblock: the operator's command.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Compiled code is kept between runs, where only this user writes: a command lives for a tenth of a second. Where that place
// cannot be written, nothing is lost but time. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fleetblock'));

// Everything else is loaded after that.
void import("./process.ts").then(({ main }) => main());
