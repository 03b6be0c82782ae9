// A host of an earlier release, played from its record to a controller of today: what it answered then, at the places where it is asked
// now. Only what names the recorded run (epoch, revisions, keys, ids) is replaced by this run's.
import { ACK } from '../../common/sync-wire/fields.ts';
import { bytesField, textField } from '../../common/sync-wire/protobuf.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import { type HostIdentity, type SyncFleet, until } from '../sync/fleet.ts';
import { type End, hostEnd } from './ends.ts';
import { numberField, withFields } from './fields.ts';
import type { LivingHost } from './recorded-life.ts';
import { fromController, type Step } from './trace.ts';

/** Of agent.proto, by message. */
const HELLO = { storeEpoch: 3, revision: 4, sessionKey: 13, revisionSeal: 14 };
const NACK = { revision: 1 };
const STATUS = { revision: 1 };
const PONG = { nonce: 1 };
const LOOKUP_REPLY = { id: 1 };
const KEY_KEPT = { key: 1 };

type Fields = Readonly<Record<number, Buffer>>;

export class PlayedHost implements LivingHost {
  readonly name: string;
  readonly #fleet: SyncFleet;
  readonly #identity: HostIdentity;
  readonly #sessions: (readonly Step[])[];
  readonly #alter: (bytes: Buffer) => Buffer[];
  #end: End | undefined;
  #left: Step[] = [];
  #ponged = false;
  /** As this run's controller has them. */
  #epoch = '';
  #revision = '0';
  #seal: Buffer = Buffer.alloc(0);
  #key: Buffer = Buffer.alloc(0);

  /** `alter`: what is sent instead of a recorded message. */
  constructor(
    fleet: SyncFleet,
    identity: HostIdentity,
    trace: readonly (readonly Step[])[],
    alter: (bytes: Buffer) => Buffer[],
  ) {
    this.name = identity.hostName;
    this.#fleet = fleet;
    this.#identity = identity;
    this.#sessions = [...trace];
    this.#alter = alter;
  }

  async connect(): Promise<void> {
    this.#left = (this.#sessions.shift() ?? []).filter(({ from }) => from === 'agent');
    const end = hostEnd(this.#fleet.address, this.#identity);
    this.#end = end;
    this.#say(end, 'hello', {
      [HELLO.storeEpoch]: textField(HELLO.storeEpoch, this.#epoch),
      [HELLO.revision]: numberField(HELLO.revision, this.#revision),
      [HELLO.sessionKey]: bytesField(HELLO.sessionKey, this.#key),
      [HELLO.revisionSeal]: bytesField(HELLO.revisionSeal, this.#seal),
    });
    void this.#answer(end);
    await until('the host to be synced', async () => (await this.#fleet.operator.host(this.name)).status === 'synced');
  }

  async cut(): Promise<void> {
    this.#end?.close();
    await until('the host to be gone', async () => (await this.#fleet.operator.host(this.name)).status === 'offline');
  }

  ponged(): Promise<void> {
    return until('a ping', () => this.#ponged);
  }

  async #answer(end: End): Promise<void> {
    for await (const bytes of end.messages) {
      const message = fromController(bytes);
      if (message.welcome) this.#onWelcome(end, message.welcome);
      else if (message.ping) this.#onPing(end, message.ping.nonce);
      else if (message.lookup)
        this.#say(end, 'lookupReply', { [LOOKUP_REPLY.id]: numberField(LOOKUP_REPLY.id, message.lookup.id) });
      else if (message.dropWatch && message.dropWatch.intervalMs > 0) this.#say(end, 'dropEvents', {});
      else if (message.delta && !message.delta.more) this.#onChange(end, message.delta.toRevision, message.delta.seal);
      else if (message.snapshotEnd) this.#onChange(end, message.snapshotEnd.revision, message.snapshotEnd.seal);
    }
  }

  #onWelcome(end: End, welcome: NonNullable<ControllerMessage__Output['welcome']>): void {
    this.#epoch = welcome.storeEpoch;
    this.#key = welcome.sessionKey;
    this.#say(end, 'keyKept', { [KEY_KEPT.key]: bytesField(KEY_KEPT.key, this.#key) });
    this.#say(end, 'status', { [STATUS.revision]: numberField(STATUS.revision, this.#revision) });
  }

  #onPing(end: End, nonce: string): void {
    // One was recorded, in one of the sessions; a controller pings as long as it pleases.
    if (!this.#left.some(({ kind }) => kind === 'pong')) return;
    this.#say(end, 'pong', { [PONG.nonce]: numberField(PONG.nonce, nonce) });
    this.#ponged = true;
  }

  /** The recorded digest stays: this controller takes it for proof, or the two do not hold the same. */
  #onChange(end: End, revision: string, seal: Buffer): void {
    const answer = this.#left.find(({ kind }) => kind === 'ack' || kind === 'nack');
    if (answer?.kind === 'nack') {
      this.#say(end, 'nack', { [NACK.revision]: numberField(NACK.revision, revision) });
      return;
    }
    this.#revision = revision;
    this.#seal = seal;
    this.#say(end, 'ack', {
      [ACK.storeEpoch]: textField(ACK.storeEpoch, this.#epoch),
      [ACK.revision]: numberField(ACK.revision, revision),
    });
  }

  /** The next recorded message of that kind. */
  #say(end: End, kind: string, fields: Fields): void {
    const at = this.#left.findIndex((step) => step.kind === kind);
    const [step] = at < 0 ? [] : this.#left.splice(at, 1);
    if (step === undefined) throw new Error(`the recorded host never sent another ${kind}`);
    for (const bytes of this.#alter(withFields(step.bytes, fields))) end.send(bytes);
  }
}
