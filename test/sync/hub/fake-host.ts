// A host without a network: speaks the sync protocol straight into the hub, through the real codec, and can stall, lie, refuse and
// go away. What it holds is what an agent would.

import { equalDigests } from '../../../common/entries/digest.ts';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { fromWire } from '../../../common/entries/wire.ts';
import type { FleetblockError } from '../../../common/errors.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { ackFromWire } from '../../../common/sync-wire/ack.ts';
import type { HostSession } from '../../../controller/fleet/host/host-session.ts';
import type { SessionStream } from '../../../controller/fleet/host/session-deps.ts';
import type { AgentMessage } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { Delta__Output } from '../../../proto/gen/fleetblock/v1/Delta.ts';
import type { Detached } from '../../../proto/gen/fleetblock/v1/Detached.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Interface } from '../../../proto/gen/fleetblock/v1/Interface.ts';

const codec = protocol.AgentService.service.Sync;
const decodeAgent = (message: AgentMessage) => codec.requestDeserialize(codec.requestSerialize(message));

/** What it needs of the hub: the real one, or one in another process. */
export interface HubLike {
  connect(hostId: string, hello: Hello__Output, stream: SessionStream, welcomed: (session: SessionLike) => void): void;
  disconnect(session: SessionLike): void;
}

export interface SessionLike
  extends Pick<HostSession, 'heard' | 'onAck' | 'onNack' | 'onStatus' | 'onKeyKept' | 'onReady'> {
  readonly questions: Pick<HostSession['questions'], 'onPong'>;
}

export class FakeHost implements SessionStream {
  readonly id: string;
  /** What it holds, times on the clock that it was given. */
  table = new EntryTable<'boot'>();
  epoch = '';
  revision = 0n;
  /** Of the revision. */
  seal: Uint8Array = new Uint8Array(0);
  /** Of its last session, as it has kept it. */
  sessionKey: Uint8Array = new Uint8Array(0);
  bootId = '';
  networkNamespace = '0';
  machineFacts: Uint8Array[] = [];
  /** By its clock, Unix milliseconds. */
  wallMs = 0;
  /** Cannot write: says nothing of its session's key, and shows the one before. */
  diskFull = false;
  ended: FleetblockError | undefined;
  /** Revisions that it acked, in order. */
  readonly acks: bigint[] = [];
  readonly kinds: string[] = [];
  /** Does not read: the stream says stop after one message. */
  stalled = false;
  /** Messages that it still takes before it stalls. */
  room = Number.POSITIVE_INFINITY;
  /** Reads, and answers nothing. */
  mute = false;
  tampered = false;
  interfaces: Interface[] = [];
  /** Says it in its hello. */
  detached: Detached | undefined;
  bytes = 0;
  /** Called at every message that it is sent. */
  onWrite = () => {};
  readonly #hub: HubLike;
  readonly #nowMs: () => number;
  #session: SessionLike | undefined;
  #unread: Buffer[] = [];
  #staging: EntryTable<'boot'> | undefined;
  #parts: Delta__Output[] = [];

  constructor(id: string, hub: HubLike, nowMs: () => number) {
    this.id = id;
    this.#hub = hub;
    this.#nowMs = nowMs;
  }

  /** Holds otherwise than it said. */
  tamper(): void {
    this.tampered = true;
    this.table.family(4).set(Uint8Array.of(203, 0, 113, 1), 0, 32, 0, 0);
  }

  /** Another with a copy of all that is on this one's disk. */
  copy(): FakeHost {
    const { table, epoch, revision, seal, sessionKey, bootId } = this;
    const copy = new FakeHost(this.id, this.#hub, this.#nowMs);
    return Object.assign(copy, { table: table.clone(), epoch, revision, seal, sessionKey, bootId });
  }

  /** Has lost what it held. */
  forget(): void {
    this.table = new EntryTable<'boot'>();
    this.epoch = '';
    this.revision = 0n;
  }

  get connected(): boolean {
    return this.#session !== undefined;
  }

  get session(): SessionLike | undefined {
    return this.#session;
  }

  connect(): void {
    this.ended = undefined;
    this.#staging = undefined;
    this.#parts = [];
    this.#unread = [];
    const { hello } = decodeAgent({
      hello: {
        protocol: 1,
        storeEpoch: this.epoch,
        revision: `${this.revision}`,
        digest: this.table.digest(),
        entries: this.table.size,
        interfaces: this.interfaces,
        sessionKey: this.sessionKey,
        revisionSeal: this.seal,
        bootId: this.bootId,
        networkNamespace: this.networkNamespace,
        machineFacts: this.machineFacts,
        wallMs: this.wallMs,
        ...(this.detached && { detached: this.detached }),
      },
    });
    if (!hello) throw new Error('no hello');
    this.#hub.connect(this.id, hello, this, (session) => {
      this.#session = session;
    });
  }

  disconnect(): void {
    if (this.#session) this.#hub.disconnect(this.#session);
    this.#session = undefined;
  }

  write(message: Buffer): boolean {
    this.bytes += message.length;
    this.onWrite();
    this.#unread.push(message);
    if (--this.room <= 0) this.stalled = true;
    if (this.stalled) return false;
    // After the hub's turn, as bytes from a network come.
    queueMicrotask(() => this.#read());
    return true;
  }

  end(error: FleetblockError): void {
    this.ended = error;
    this.#session = undefined;
  }

  resume(): void {
    this.stalled = false;
    this.room = Number.POSITIVE_INFINITY;
    this.#read();
    this.#session?.onReady();
  }

  reply(message: AgentMessage): void {
    if (this.mute) return;
    const { ack, nack, status, pong, keyKept } = decodeAgent(message);
    this.#session?.heard();
    if (ack) this.#session?.onAck(ackFromWire(ack));
    if (keyKept) this.#session?.onKeyKept(keyKept.key);
    if (nack) this.#session?.onNack(nack);
    if (status) this.#session?.onStatus(status);
    if (pong) this.#session?.questions.onPong(BigInt(pong.nonce));
  }

  #read(): void {
    if (this.stalled) return;
    for (const bytes of this.#unread.splice(0)) this.#receive(codec.responseDeserialize(bytes));
  }

  #receive(message: ControllerMessage__Output): void {
    this.kinds.push(message.message ?? '');
    if (message.welcome && !this.diskFull) {
      this.sessionKey = message.welcome.sessionKey;
      this.reply({ keyKept: { key: this.sessionKey } });
    }
    if (message.ping) this.reply({ pong: { nonce: message.ping.nonce } });
    if (message.delta) this.#onDelta(message.delta);
    if (message.snapshotBegin) {
      const { storeEpoch, revision, resync } = message.snapshotBegin;
      this.#staging = new EntryTable<'boot'>();
      if (this.epoch !== '' && this.epoch !== storeEpoch && !resync) this.#refuse(revision, 'EPOCH_MISMATCH');
      else if (this.epoch === storeEpoch && BigInt(revision) < this.revision && !resync)
        this.#refuse(revision, 'REVISION_REGRESSION');
      else this.epoch = storeEpoch;
    }
    if (message.snapshotChunk) this.#staging?.addLeft(fromWire(message.snapshotChunk.entries), this.#nowMs());
    if (message.snapshotEnd && this.#staging) {
      const staged = this.#staging;
      this.#staging = undefined;
      if (!equalDigests(staged.digest(), message.snapshotEnd.digest))
        this.#refuse(message.snapshotEnd.revision, 'DIGEST');
      else this.#stopFeeding(staged, BigInt(message.snapshotEnd.revision), message.snapshotEnd.seal);
    }
  }

  #onDelta(delta: Delta__Output): void {
    this.#parts.push(delta);
    if (delta.more) return;
    const parts = this.#parts.splice(0);
    const from = BigInt(delta.fromRevision);
    if (this.epoch !== delta.storeEpoch || from !== this.revision) {
      this.#refuse(delta.toRevision, 'SEQUENCE');
      return;
    }
    const next = this.table.clone();
    for (const part of parts) next.addLeft(fromWire(part.adds), this.#nowMs());
    for (const part of parts) next.removeAll(fromWire(part.removes));
    if (equalDigests(next.digest(), delta.digest)) this.#stopFeeding(next, BigInt(delta.toRevision), delta.seal);
    else this.#refuse(delta.toRevision, 'DIGEST');
  }

  #stopFeeding(table: EntryTable<'boot'>, revision: bigint, seal: Uint8Array): void {
    this.seal = seal;
    this.table = table;
    this.revision = revision;
    this.acks.push(revision);
    this.reply({
      ack: { storeEpoch: this.epoch, revision: `${revision}`, digest: table.digest(), entries: table.size },
    });
  }

  #refuse(revision: string, code: 'SEQUENCE' | 'DIGEST' | 'EPOCH_MISMATCH' | 'REVISION_REGRESSION'): void {
    this.#staging = undefined;
    this.reply({ nack: { revision, code, text: code } });
  }
}
