// The end of a login: the certificate and what its token says of it, in one transaction.

import type { Attribution } from '../../../claims/attribution.ts';
import type { LoggedIn, NewOperator } from '../../port/operators.ts';
import type { Transaction } from '../transaction.ts';
import { addOperator } from './operator-rows.ts';
import { find } from './operator-tokens.ts';

/** @returns the chain that counts: the one given, or the one that the same key was given by a call at the same time */
export function logIn(tx: Transaction, id: string, operator: NewOperator, chain: string, by: Attribution): LoggedIn {
  const token = find(tx, id);
  if (token.chain !== '') return { chain: token.chain };
  const record = addOperator(tx, operator, by);
  tx.db.prepare('UPDATE operator_token SET chain = ?, serial = ? WHERE id = ?').run(chain, operator.serial, id);
  return { chain, record };
}
