// The contracts of a store, run by every implementation that needs nothing else (on etcd: test/etcd/store.test.ts). What only one of them
// has, its own tests say.
import { describe } from 'vitest';
import { CONTRACTS } from './contract/contracts.ts';
import { Harness, type OpenOptions } from './contract/harness.ts';
import { type MemoryDisk, MemoryStore } from './memory/memory-store.ts';
import { MemoryState } from './memory/state.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

const sqlite = (options: OpenOptions) => openSqliteStore({ create: true, ...options });

/** What is "on disk", by directory: each test has one of its own. */
const disks = new Map<string, MemoryDisk>();

async function memory({ directory, ...options }: OpenOptions): Promise<MemoryStore> {
  const disk = disks.get(directory) ?? { state: new MemoryState() };
  disks.set(directory, disk);
  return new MemoryStore({ disk, ...options });
}

const IMPLEMENTATIONS: { name: string; open: (options: OpenOptions) => Promise<Store> }[] = [
  { name: 'sqlite', open: sqlite },
  { name: 'memory', open: memory },
];

describe.each(IMPLEMENTATIONS)('$name store', ({ open }) => {
  for (const [subject, contract] of Object.entries(CONTRACTS)) describe(subject, () => contract(new Harness(open)));
});
