// Operators' certificates in memory, so that every call can be checked without a read of the store.

import type { Attribution } from '../../claims/attribution.ts';
import type { NewOperator, RevokeOperators } from '../../store/port/operators.ts';
import type { OperatorRecord, RevokedOperators } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

type OperatorStore = Pick<Store, 'operators' | 'addOperator' | 'logIn' | 'revokeOperators'>;

/** Changes go through it to the store: memory follows once they are durable. */
export class OperatorRegistry {
  readonly #store: OperatorStore;
  readonly #bySerial: Map<string, OperatorRecord>;
  readonly #onRevoked: () => void;

  private constructor(store: OperatorStore, records: readonly OperatorRecord[], onRevoked: () => void) {
    this.#store = store;
    this.#bySerial = new Map(records.map((record) => [record.serial, record]));
    this.#onRevoked = onRevoked;
  }

  /** @param onRevoked called after each revocation, so that open calls can be checked */
  static async load(store: OperatorStore, onRevoked: () => void): Promise<OperatorRegistry> {
    return new OperatorRegistry(store, await store.operators(), onRevoked);
  }

  find(serial: string): OperatorRecord | undefined {
    return this.#bySerial.get(serial);
  }

  mayCall(serial: string): boolean {
    return this.#bySerial.get(serial)?.revokedMs === 0;
  }

  list(): OperatorRecord[] {
    return [...this.#bySerial.values()];
  }

  async add(operator: NewOperator, by: Attribution): Promise<OperatorRecord> {
    const record = await this.#store.addOperator(operator, by);
    this.#bySerial.set(record.serial, record);
    return record;
  }

  /** The end of a login. @returns the chain that counts. @throws FleetblockError UNAUTHENTICATED */
  async logIn(tokenId: string, operator: NewOperator, chain: string, by: Attribution): Promise<string> {
    const loggedIn = await this.#store.logIn(tokenId, operator, chain, by);
    if (loggedIn.record) this.#bySerial.set(loggedIn.record.serial, loggedIn.record);
    return loggedIn.chain;
  }

  /** See Store.revokeOperators. */
  async revoke(which: RevokeOperators, by: Attribution): Promise<RevokedOperators> {
    const revoked = await this.#store.revokeOperators(which, by);
    for (const record of revoked.operators) this.#bySerial.set(record.serial, record);
    this.#onRevoked();
    return revoked;
  }
}
