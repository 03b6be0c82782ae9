// A controller's enrollment behind the real port, with the real store: makes tokens, and lets agents join with them.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinFleet } from '../../../agent/identity/enrollment.ts';
import type { FleetblockError } from '../../../common/errors.ts';
import { createLogger } from '../../../common/logger.ts';
import type { EnrollmentToken } from '../../../common/text/token.ts';
import type { Clock } from '../../../common/time/clock.ts';
import { OperatorRegistry } from '../../../controller/identity/auth/operator-registry.ts';
import { Identity } from '../../../controller/identity/identity.ts';
import { Enrollment } from '../../../controller/operations/enroll.ts';
import { enrollmentHandlers } from '../../../controller/server/services/enrollment-service.ts';
import type { NewToken } from '../../../controller/store/port/hosts.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { type GateOptions, TestFleet, TestGate } from '../fleet.ts';

export const HOUR_MS = 3_600_000;
export const BY = { actor: 'admin/alice', reason: 'test' };

export class Enrolling {
  /** How many hosts have tried to join: names the next one. */
  hosts = 0;
  readonly scratch: string;
  readonly fleet: TestFleet;
  readonly store: Store;
  readonly identity: Identity;
  #gate: TestGate | undefined;

  private constructor(scratch: string, fleet: TestFleet, store: Store, identity: Identity) {
    this.scratch = scratch;
    this.fleet = fleet;
    this.store = store;
    this.identity = identity;
  }

  static async start(): Promise<Enrolling> {
    const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-enroll-'));
    const fleet = await TestFleet.make();
    const { authority, clock } = fleet;
    const store = await openSqliteStore({ directory: join(scratch, 'store'), create: true, clock });
    const operators = await OperatorRegistry.load(store, () => {});
    const identity = new Identity({ authority, operators, store, findHost: () => undefined, clock });
    const enrolling = new Enrolling(scratch, fleet, store, identity);
    await enrolling.openGate();
    return enrolling;
  }

  get gate(): TestGate {
    if (!this.#gate) throw new Error('no gate');
    return this.#gate;
  }

  /** Fresh ones have a fresh memory of failed attempts. */
  handlers(clock: Clock = this.fleet.clock) {
    const { authority } = this.fleet;
    const { identity, store } = this;
    const log = createLogger('test', 'silent');
    const enrollment = new Enrollment({ authority, identity, onRefused: () => {}, store, clock, log });
    return enrollmentHandlers({ enrollment, authority, log });
  }

  /** Serves these handlers in place of the ones before. */
  async openGate(handlers: GateOptions['enrollment'] = this.handlers()): Promise<void> {
    await this.#gate?.stop();
    this.#gate = await TestGate.start(this.fleet, { enrollment: handlers });
  }

  async stop(): Promise<void> {
    await this.gate.stop();
    await this.store.close();
    this.fleet.remove();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  async makeToken(overrides: Partial<NewToken> = {}): Promise<EnrollmentToken> {
    const secret = randomBytes(32);
    const secretHash = createHash('sha256').update(secret).digest();
    const id = randomBytes(9).toString('base64url');
    const base = { id, secretHash, expiresMs: Date.now() + HOUR_MS, maxUses: 1, labels: {}, hostName: '' };
    await this.store.createToken({ ...base, ...overrides }, BY);
    return { id, secret, pin: this.fleet.authority.rootPin };
  }

  /** Joins as an agent does, with a state directory of its own. */
  join(token: EnrollmentToken, more: { name?: string; labels?: Record<string, string>; at?: string } = {}) {
    const name = more.name ?? `host${++this.hosts}`;
    const stateDir = join(this.scratch, 'agents', `${this.hosts}-${randomUUID()}`);
    const controller = more.at ?? this.gate.address;
    return joinFleet({ controller, token, stateDir, name, labels: more.labels ?? {}, agentVersion: '0.1.0' }).then(
      (enrollment) => ({ enrollment, stateDir, error: undefined }),
      (error: FleetblockError) => ({ enrollment: undefined, stateDir, error }),
    );
  }
}
