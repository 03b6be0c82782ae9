// Operators' certificates in memory, so that every call can be held against them without a read of the store.
import type { Attribution, OperatorRecord } from '../store/records.ts';
import type { NewOperator, Store } from '../store/store.ts';

type OperatorStore = Pick<Store, 'operators' | 'addOperator' | 'revokeOperator'>;

export class OperatorRegistry {
  readonly #store: OperatorStore;
  readonly #bySerial: Map<string, OperatorRecord>;
  readonly #onRevoked: () => void;

  private constructor(store: OperatorStore, records: readonly OperatorRecord[], onRevoked: () => void) {
    this.#store = store;
    this.#bySerial = new Map(records.map((record) => [record.serial, record]));
    this.#onRevoked = onRevoked;
  }

  /** @param onRevoked called after each revocation, so that open calls can be looked at */
  static async load(store: OperatorStore, onRevoked: () => void): Promise<OperatorRegistry> {
    return new OperatorRegistry(store, await store.operators(), onRevoked);
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

  /** @throws FleetblockError NOT_FOUND */
  async revoke(serial: string, by: Attribution): Promise<OperatorRecord> {
    const record = await this.#store.revokeOperator(serial, by);
    this.#bySerial.set(record.serial, record);
    this.#onRevoked();
    return record;
  }
}
