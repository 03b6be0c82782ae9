// One session of the sync protocol: from Hello to the end of the stream. The loop below owns the session's state and takes
// one message at a time, so that changes reach the kernel in the order in which they were made.
import { clipped } from '../../common/agent-limits.ts';
import { messageOf } from '../../common/errors.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Logger } from '../../common/logger.ts';
import type { Revision } from '../../common/revision.ts';
import { SYNC_PROTOCOL } from '../../common/rpc/channel.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { Delta__Output } from '../../proto/gen/fleetblock/v1/Delta.ts';
import type { DropEvents } from '../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { Hello } from '../../proto/gen/fleetblock/v1/Hello.ts';
import type { Lookup__Output } from '../../proto/gen/fleetblock/v1/Lookup.ts';
import type { LookupReply } from '../../proto/gen/fleetblock/v1/LookupReply.ts';
import type { Reports } from '../../proto/gen/fleetblock/v1/Reports.ts';
import type { SnapshotBegin__Output } from '../../proto/gen/fleetblock/v1/SnapshotBegin.ts';
import type { SnapshotChunk__Output } from '../../proto/gen/fleetblock/v1/SnapshotChunk.ts';
import type { SnapshotEnd__Output } from '../../proto/gen/fleetblock/v1/SnapshotEnd.ts';
import type { Status } from '../../proto/gen/fleetblock/v1/Status.ts';
import type { Welcome__Output } from '../../proto/gen/fleetblock/v1/Welcome.ts';
import type { AgentClock } from '../host/boot-clock.ts';
import { Refusal } from '../list/held.ts';
import type { Reconciler } from '../list/reconciler.ts';
import type { DropReports } from './drop-reports.ts';
import { DeltaParts, SnapshotRows } from './incoming.ts';
import { FIRST_SILENCE_LIMIT_MS, type Pace, paceOf } from './pace.ts';
import type { Reporting } from './reporting.ts';
import type { SyncStream } from './stream.ts';
import { Watchdog } from './watchdog.ts';

/** A stream, the reconciler that follows it, and callbacks to the agent that started the session. */
export interface SessionOptions {
  readonly stream: SyncStream;
  readonly reconciler: Reconciler;
  readonly clock: AgentClock;
  readonly log: Logger;
  /** What the agent says of itself and of what it holds. */
  readonly hello: () => Hello;
  readonly status: () => Promise<Status>;
  /** What the kernel does with an address; always an answer. */
  readonly lookUp: (lookup: Lookup__Output) => LookupReply;
  /** Reports drops while the controller asks for them. `send`: resolves when there is room for more. */
  readonly dropReports: (send: (events: DropEvents) => Promise<void>) => DropReports;
  /** Sends what detectors on this host report. `send`: resolves when there is room for more. */
  readonly reporting: (send: (reports: Reports) => Promise<void>) => Reporting;
  /** This host has the order to take whatever list the controller has: Hello says that nothing is held. */
  readonly resync: () => boolean;
  /** After the first valid message. */
  readonly onWelcome: (welcome: Welcome__Output, pace: Pace) => void;
  /** After every change that was acked. */
  readonly onApplied: () => void;
}

/**
 * Runs until the stream ends.
 * @throws what it ended with: FleetblockError from the other side, or Error saying why this side dropped it
 */
export async function runSession(options: SessionOptions): Promise<never> {
  const session = new Session(options);
  try {
    return await session.run();
  } finally {
    session.stop();
  }
}

class Session {
  readonly #options: SessionOptions;
  readonly #watchdog: Watchdog;
  readonly #drops: DropReports;
  readonly #reporting: Reporting;
  #welcomed = false;
  #delta: DeltaParts | 'refused' | undefined;
  #snapshot: SnapshotRows | 'refused' | undefined;
  #statusTimer: NodeJS.Timeout | undefined;
  #statusUnderWay = false;
  #statusWanted = false;
  #stopListening = () => {};
  #closedFor: Error | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#drops = options.dropReports((dropEvents) => options.stream.send({ dropEvents }));
    this.#reporting = options.reporting((reports) => options.stream.send({ reports }));
    this.#watchdog = new Watchdog(FIRST_SILENCE_LIMIT_MS, () =>
      this.#close(new Error('the controller has been silent for too long')),
    );
  }

  async run(): Promise<never> {
    const { stream, hello } = this.#options;
    try {
      await stream.send({ hello: hello() });
      for await (const message of stream.messages) {
        this.#watchdog.heard();
        await this.#handle(message);
      }
    } catch (error) {
      throw this.#closedFor ?? error;
    }
    throw this.#closedFor ?? new Error('the controller ended the stream');
  }

  stop(): void {
    this.#watchdog.stop();
    this.#drops.stop();
    this.#reporting.stop();
    clearInterval(this.#statusTimer);
    this.#stopListening();
    this.#options.stream.close();
  }

  #close(reason: Error): void {
    this.#closedFor ??= reason;
    this.#options.stream.close();
  }

  #handle(message: ControllerMessage__Output): Promise<void> | void {
    if (!this.#welcomed && !message.welcome) throw new Error('the controller did not begin with Welcome');
    if (message.delta) return this.#onDelta(message.delta);
    if (message.ping) return this.#options.stream.send({ pong: { nonce: message.ping.nonce } });
    if (message.lookup) return this.#options.stream.send({ lookupReply: this.#options.lookUp(message.lookup) });
    if (message.snapshotBegin) return this.#onSnapshotBegin(message.snapshotBegin);
    if (message.snapshotChunk) return this.#onSnapshotChunk(message.snapshotChunk);
    if (message.snapshotEnd) return this.#onSnapshotEnd(message.snapshotEnd);
    if (message.reportsAnswer) return this.#reporting.answered(message.reportsAnswer);
    if (message.dropWatch) return this.#drops.watch(message.dropWatch);
    if (message.welcome) return this.#onWelcome(message.welcome);
    // A kind of message that this version does not know: a newer controller may send it, and need no answer.
    this.#options.log.debug('ignored a message of unknown kind');
  }

  #onWelcome(welcome: Welcome__Output): void {
    if (welcome.protocol !== SYNC_PROTOCOL)
      throw new Error(
        `the controller speaks protocol ${welcome.protocol}, this agent ${SYNC_PROTOCOL}: install the same version on both`,
      );
    this.#welcomed = true;
    const pace = paceOf(welcome);
    this.#watchdog.setLimit(pace.silenceLimitMs);
    clearInterval(this.#statusTimer);
    this.#statusTimer = setInterval(() => void this.#sendStatus(), pace.statusIntervalMs);
    this.#stopListening();
    this.#stopListening = this.#options.reconciler.standing.onChange(() => void this.#sendStatus());
    this.#options.onWelcome(welcome, pace);
    if (welcome.takesReports) this.#reporting.start();
    void this.#sendStatus();
  }

  async #onDelta(message: Delta__Output): Promise<void> {
    const { reconciler } = this.#options;
    try {
      if (this.#snapshot && this.#snapshot !== 'refused')
        throw new Refusal('SEQUENCE', 'a delta in the middle of a snapshot');
      if (this.#delta !== 'refused') {
        this.#delta ??= new DeltaParts(message, reconciler.capacity * 2, (...row) => reconciler.holds(...row));
        await this.#delta.add(message);
      }
      if (message.more) return;
      const parts = this.#delta;
      this.#delta = undefined;
      if (parts === 'refused') return;
      const delta = parts.finish(message);
      await this.#apply(() => reconciler.applyDelta(delta), delta.to);
    } catch (error) {
      // Every delta has one answer, however many parts it came in.
      this.#delta = message.more ? 'refused' : undefined;
      await this.#refuse(error, message.toRevision);
    }
  }

  async #onSnapshotBegin(message: SnapshotBegin__Output): Promise<void> {
    const { reconciler, resync } = this.#options;
    try {
      this.#delta = undefined;
      const snapshot = new SnapshotRows(message, resync());
      reconciler.checkSnapshot(snapshot.epoch, snapshot.revision, snapshot.entries, snapshot.byCommand);
      this.#snapshot = snapshot;
    } catch (error) {
      this.#snapshot = 'refused';
      await this.#refuse(error, message.revision);
    }
  }

  async #onSnapshotChunk(message: SnapshotChunk__Output): Promise<void> {
    const snapshot = this.#snapshot;
    if (snapshot === 'refused') return;
    try {
      if (!snapshot) throw new Refusal('MALFORMED', 'rows of a snapshot that has not begun');
      await snapshot.add(message.entries, this.#options.clock.bootMs());
    } catch (error) {
      this.#snapshot = 'refused';
      await this.#refuse(error, `${snapshot?.revision ?? 0n}`);
    }
  }

  async #onSnapshotEnd(message: SnapshotEnd__Output): Promise<void> {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    if (snapshot === 'refused') return;
    try {
      if (!snapshot) throw new Refusal('MALFORMED', 'the end of a snapshot that has not begun');
      const view = snapshot.finish(message);
      await this.#apply(() => this.#options.reconciler.applySnapshot(view), view.revision);
    } catch (error) {
      await this.#refuse(error, message.revision);
    }
  }

  async #apply(work: () => Promise<number>, revision: Revision): Promise<void> {
    const kernelUs = await this.#watchdog.whileBusy(work);
    const { epoch, digest, entries } = this.#options.reconciler.held;
    failpoint('agent.ack.before-send');
    await this.#options.stream.send({
      ack: { storeEpoch: epoch, revision: `${revision}`, digest, entries, kernelUs },
    });
    failpoint('agent.ack.sent');
    this.#options.onApplied();
  }

  /** Answers a refusal with a nack; what is no refusal ends the session. */
  async #refuse(error: unknown, revision: string): Promise<void> {
    if (!(error instanceof Refusal)) throw error;
    this.#options.log.warn({ code: error.code, revision, reason: messageOf(error) }, 'refused a revision');
    await this.#options.stream.send({ nack: { revision, code: error.code, text: clipped(messageOf(error)) } });
    void this.#sendStatus();
  }

  /** One at a time, and at most one more waiting: a slow controller does not make them pile up. */
  async #sendStatus(): Promise<void> {
    this.#statusWanted = true;
    if (this.#statusUnderWay) return;
    this.#statusUnderWay = true;
    try {
      while (this.#statusWanted) {
        this.#statusWanted = false;
        await this.#options.stream.send({ status: await this.#options.status() });
      }
    } catch (error) {
      this.#options.log.debug({ reason: messageOf(error) }, 'status was not sent');
    } finally {
      this.#statusUnderWay = false;
    }
  }
}
