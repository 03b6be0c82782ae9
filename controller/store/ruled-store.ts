// Every change of a store as a rule inside a transaction: what all implementations share. One of them gives the transactions and the
// reads, and knows no rule.

import type { Attribution } from '../claims/attribution.ts';
import { createToken, enroll, revokeToken } from '../identity/changes/enroll.ts';
import { relabelHost, revokeHost } from '../identity/changes/hosts.ts';
import type { IdentityTx } from '../identity/changes/identity-tx.ts';
import { createLoginToken, revokeLoginToken, useLoginToken } from '../identity/changes/login-tokens.ts';
import { addOperator, logIn, revokeOperators } from '../identity/changes/operators.ts';
import type { Enrollment, HostStore, NewToken } from './port/hosts.ts';
import type {
  LoggedIn,
  NewOperator,
  NewOperatorToken,
  OperatorStore,
  RevokeOperators,
  UseOperatorToken,
} from './port/operators.ts';
import type { HostRecord, OperatorRecord, OperatorTokenRecord, RevokedOperators, TokenRecord } from './records.ts';

type HostChanges = Pick<HostStore, 'createToken' | 'revokeToken' | 'enroll' | 'labelHost' | 'revokeHost'>;
type OperatorChanges = Omit<OperatorStore, 'operators' | 'operatorTokens'>;

export abstract class RuledStore implements HostChanges, OperatorChanges {
  /** Runs `work` in one transaction. Resolves after the commit is durable; what `work` throws leaves nothing of it. */
  protected abstract changeIdentity<T>(work: (tx: IdentityTx) => T): Promise<T>;

  createToken(token: NewToken, by: Attribution): Promise<TokenRecord> {
    return this.changeIdentity((tx) => createToken(tx, token, by));
  }

  revokeToken(id: string, by: Attribution): Promise<TokenRecord> {
    return this.changeIdentity((tx) => revokeToken(tx, id, by));
  }

  enroll(enrollment: Enrollment): Promise<HostRecord> {
    return this.changeIdentity((tx) => enroll(tx, enrollment));
  }

  labelHost(...[name, labels, by]: Parameters<HostStore['labelHost']>): ReturnType<HostStore['labelHost']> {
    return this.changeIdentity((tx) => ({ host: relabelHost(tx, name, labels, by), revision: tx.head() }));
  }

  revokeHost(name: string, by: Attribution): Promise<HostRecord> {
    return this.changeIdentity((tx) => revokeHost(tx, name, by));
  }

  addOperator(operator: NewOperator, by: Attribution): Promise<OperatorRecord> {
    return this.changeIdentity((tx) => addOperator(tx, operator, by));
  }

  revokeOperators(which: RevokeOperators, by: Attribution): Promise<RevokedOperators> {
    return this.changeIdentity((tx) => revokeOperators(tx, which, by));
  }

  createOperatorToken(token: NewOperatorToken, by: Attribution): Promise<void> {
    return this.changeIdentity((tx) => createLoginToken(tx, token, by));
  }

  useOperatorToken(use: UseOperatorToken): Promise<OperatorTokenRecord> {
    return this.changeIdentity((tx) => useLoginToken(tx, use));
  }

  logIn(tokenId: string, operator: NewOperator, chain: string, by: Attribution): Promise<LoggedIn> {
    return this.changeIdentity((tx) => logIn(tx, tokenId, operator, chain, by));
  }

  revokeOperatorToken(id: string, by: Attribution): Promise<OperatorTokenRecord> {
    return this.changeIdentity((tx) => revokeLoginToken(tx, id, by));
  }
}
