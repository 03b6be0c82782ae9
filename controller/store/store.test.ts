// The contracts of a store, run by every implementation. What only one of them has, its own tests say.
import { describe } from 'vitest';
import { apiKeysContract } from './contract/api-keys.ts';
import { auditContract } from './contract/audit.ts';
import { claimsContract } from './contract/claims.ts';
import { confirmationsContract } from './contract/confirmations.ts';
import { exceptionsContract } from './contract/exceptions.ts';
import { Harness, type OpenOptions } from './contract/harness.ts';
import { hostsContract } from './contract/hosts.ts';
import { listsContract } from './contract/lists.ts';
import { operatorsContract } from './contract/operators.ts';
import { reportsContract } from './contract/reports.ts';
import { revisionsContract } from './contract/revisions.ts';
import { settingsContract } from './contract/settings.ts';
import { type MemoryDisk, MemoryStore } from './memory/memory-store.ts';
import { MemoryState } from './memory/state.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

const CONTRACTS = {
  claims: claimsContract,
  confirmations: confirmationsContract,
  'reports of detectors': reportsContract,
  lists: listsContract,
  'exceptions of lists': exceptionsContract,
  revisions: revisionsContract,
  'hosts and tokens': hostsContract,
  operators: operatorsContract,
  'API keys': apiKeysContract,
  settings: settingsContract,
  audit: auditContract,
};

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
