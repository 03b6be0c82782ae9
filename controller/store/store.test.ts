// The contracts of a store, run by every implementation. What only one of them has, its own tests say.
import { describe } from 'vitest';
import { auditContract } from './contract/audit.ts';
import { claimsContract } from './contract/claims.ts';
import { Harness, type OpenOptions } from './contract/harness.ts';
import { hostsContract } from './contract/hosts.ts';
import { listsContract } from './contract/lists.ts';
import { operatorsContract } from './contract/operators.ts';
import { revisionsContract } from './contract/revisions.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';

const CONTRACTS = {
  claims: claimsContract,
  revisions: revisionsContract,
  'hosts and tokens': hostsContract,
  operators: operatorsContract,
  audit: auditContract,
};

const sqlite = (options: OpenOptions) => openSqliteStore({ create: true, ...options });

describe.each([{ name: 'sqlite', open: sqlite }])('$name store', ({ open }) => {
  for (const [subject, contract] of Object.entries(CONTRACTS)) describe(subject, () => contract(new Harness(open)));
});

describe('sqlite store', () => {
  describe('lists', () => listsContract(new Harness(sqlite)));
});
