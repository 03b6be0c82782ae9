// What is asked of operators, their certificates and their login tokens.
import type { Attribution } from '../../claims/attribution.ts';
import type { OperatorRecord, OperatorTokenRecord, RevokedOperators } from '../records.ts';

/** A login token to be made. */
export interface NewOperatorToken extends Pick<OperatorTokenRecord, 'id' | 'name' | 'role' | 'expiresMs' | 'ttlMs'> {
  readonly secretHash: Uint8Array;
}

/** A login token and the key that wants its certificate. */
export interface UseOperatorToken {
  readonly id: string;
  readonly secretHash: Uint8Array;
  /** SHA-256 of the public key. */
  readonly keyHash: Uint8Array;
}

/** The certificate chain of a login, PEM. `record` is missing when the chain was there already. */
export interface LoggedIn {
  readonly chain: string;
  readonly record?: OperatorRecord;
}

/** All certificates of a name and its login tokens, or one certificate and the token that made it. */
export type RevokeOperators = ({ readonly name: string } | { readonly serial: string }) & {
  /** Even when no admin is left then. */
  readonly lastAdmin: boolean;
};

/** A certificate that was just signed. */
export interface NewOperator {
  readonly name: string;
  readonly role: OperatorRecord['role'];
  readonly serial: string;
  readonly expiresMs: number;
  /** Serial of the certificate that this one follows; default none does. */
  readonly renews?: string;
}

/** Operators by their certificates, and login tokens. */
export interface OperatorStore {
  addOperator(operator: NewOperator, by: Attribution): Promise<OperatorRecord>;
  operators(): Promise<readonly OperatorRecord[]>;
  createOperatorToken(token: NewOperatorToken, by: Attribution): Promise<void>;
  operatorTokens(): Promise<readonly OperatorTokenRecord[]>;
  /**
   * Takes the token for this key. `chain` of the answer is set when that key has its certificate already.
   * @throws FleetblockError UNAUTHENTICATED: unknown, taken by another key, revoked or expired: one text for all
   */
  useOperatorToken(use: UseOperatorToken): Promise<OperatorTokenRecord>;
  /** The certificate that was made for a token that this key has taken. @throws FleetblockError UNAUTHENTICATED */
  logIn(tokenId: string, operator: NewOperator, chain: string, by: Attribution): Promise<LoggedIn>;
  /** Certificates that came of it stay. @throws FleetblockError NOT_FOUND */
  revokeOperatorToken(id: string, by: Attribution): Promise<OperatorTokenRecord>;
  /** In one transaction. @throws FleetblockError NOT_FOUND, FAILED_PRECONDITION: no admin would be left */
  revokeOperators(which: RevokeOperators, by: Attribution): Promise<RevokedOperators>;
}
