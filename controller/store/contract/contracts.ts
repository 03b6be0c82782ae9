// The contracts of a store, by subject: every implementation runs all of them.
import { apiKeysContract } from './api-keys.ts';
import { auditContract } from './audit.ts';
import { claimsContract } from './claims.ts';
import { confirmationsContract } from './confirmations.ts';
import { exceptionsContract } from './exceptions.ts';
import { hostsContract } from './hosts.ts';
import { listsContract } from './lists.ts';
import { operatorsContract } from './operators.ts';
import { reportsContract } from './reports.ts';
import { revisionsContract } from './revisions.ts';
import { settingsContract } from './settings.ts';

export const CONTRACTS = {
  claims: claimsContract,
  confirmations: confirmationsContract,
  reports: reportsContract,
  lists: listsContract,
  'exceptions of lists': exceptionsContract,
  revisions: revisionsContract,
  'hosts and tokens': hostsContract,
  operators: operatorsContract,
  'API keys': apiKeysContract,
  settings: settingsContract,
  audit: auditContract,
};
