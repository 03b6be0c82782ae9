// One agent: brings the kernel to its record, then stays in step with the controller. Everything that it touches is handed
// in, so that the program runs one on a kernel and the fleet simulator runs hundreds in a process.
import { NO_ENTRIES, type PackedEntries } from '../common/entries/packed.ts';
import { FleetblockError, messageOf } from '../common/errors.ts';
import { Backoff } from '../common/time/backoff.ts';
import { repeat, sleep } from '../common/timers.ts';
import type { Status } from '../proto/gen/fleetblock/v1/Status.ts';
import type { Lapse } from './datapath/datapath.ts';
import { noSessionKeys, type SessionKeys } from './identity/session-key.ts';
import { EndedAlone } from './list/ended-alone.ts';
import { HELD_NOTHING, type ViewStore } from './list/held.ts';
import { Lapses } from './list/lapses.ts';
import { LookPace } from './list/look-pace.ts';
import { Reconciler } from './list/reconciler.ts';
import type { DetachedMark } from './local/detached-mark.ts';
import { ReportQueue } from './reports/report-queue.ts';
import { DropReports } from './session/drop-reports.ts';
import { lookupReply } from './session/lookup-reply.ts';
import { Report, type ReportOptions } from './session/report.ts';
import { Reporting } from './session/reporting.ts';
import { runSession } from './session/session.ts';
import type { Dial, SyncStream } from './session/stream.ts';

/** What an agent runs on: the kernel and the disk in the program, memory in the fleet simulator. */
export interface AgentOptions extends ReportOptions {
  readonly store: ViewStore;
  readonly dial: Dial;
  /** The rows that are never dropped on this host, looked up again on every call. Default: none. */
  readonly protectedRows?: () => Promise<PackedEntries<'left'>>;
  /** How often they are looked up, milliseconds. Default 5,000. */
  readonly protectIntervalMs?: number;
  /** How often the kernel is compared with what it should hold, milliseconds. Default 60,000. */
  readonly auditIntervalMs?: number;
  /** Shortest pause between two cheap checks of what the kernel really holds, milliseconds. Default 2,000. */
  readonly lookIntervalMs?: number;
  /** Called after a whole list was processed, when its garbage can be collected. Default: does nothing. */
  readonly onListDone?: () => void;
  /** A detach that has not been reported to the controller yet. Default: none. */
  readonly detached?: { readonly mark: DetachedMark | undefined; readonly told: () => void };
  /** What detectors on this host report. Default: nothing. */
  readonly reports?: ReportQueue;
  /** Other problems on this host, one sentence each; empty texts are ignored. Default: none. */
  readonly problems?: () => readonly string[];
  /** Stores the key of the last session. Default: does not. */
  readonly sessionKeys?: SessionKeys;
  /** Randomness of the reconnect delays; uniform in [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** Where an agent stands with its controller. */
export type LinkState = 'connecting' | 'connected' | 'stopped';

/** One per process in the program, hundreds in the fleet simulator. Call `run` once; the other methods work while it runs. */
export class Agent {
  readonly reconciler: Reconciler;
  readonly #options: AgentOptions;
  readonly #backoff: Backoff;
  readonly #endedAlone: EndedAlone;
  readonly #lapses: Lapses;
  readonly #report: Report;
  readonly #sessionKeys: SessionKeys;
  readonly #reports: ReportQueue;
  #detached: DetachedMark | undefined;
  #link: LinkState = 'connecting';
  #linkProblem = '';
  #stream: SyncStream | undefined;
  #resync = false;
  /** The interfaces and protected addresses last reported to the controller. */
  #lastShown = '';

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#detached = options.detached?.mark;
    this.#backoff = new Backoff(options.random ? { random: options.random } : {});
    this.reconciler = new Reconciler({ ...options, onLapse: (lapse) => this.lapsed(lapse) });
    this.#report = new Report(options, this.reconciler);
    this.#sessionKeys = options.sessionKeys ?? noSessionKeys;
    this.#reports = options.reports ?? new ReportQueue();
    const { clock, log } = options;
    this.#lapses = new Lapses(() => clock.monotonicMs());
    this.#endedAlone = new EndedAlone({ clock, log, ended: (named) => this.reconciler.ended(named) });
  }

  get link(): LinkState {
    return this.#link;
  }

  /** What is wrong, one sentence each; empty when all is well. */
  get problems(): string[] {
    return [this.#linkProblem, ...this.#hostProblems].filter((text) => text !== '');
  }

  get #hostProblems(): string[] {
    const interfaces = this.#options.datapath
      .interfaces()
      .flatMap(({ name, problem }) => (problem === '' ? [] : [`${name}: ${problem}`]));
    const others = [this.#options.datapath.problem, ...(this.#options.problems?.() ?? [])];
    return [...this.reconciler.problems, ...interfaces, ...others].filter((text) => text !== '');
  }

  /**
   * Runs until the signal aborts; the kernel keeps dropping after that.
   * @param onReady called once the recorded list is in the kernel and before the network is used
   */
  async run(signal: AbortSignal, onReady: () => void = () => {}): Promise<void> {
    const {
      protectedRows = async () => NO_ENTRIES,
      protectIntervalMs = 5000,
      auditIntervalMs = 60_000,
      lookIntervalMs = 2000,
    } = this.#options;
    const pace = new LookPace(lookIntervalMs);
    await this.reconciler.start(await protectedRows());
    onReady();
    const stop = () => this.#stream?.close();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.all([
      this.#stayConnected(signal),
      repeat(auditIntervalMs, signal, () => this.#tried('audit', () => this.reconciler.audit())),
      repeat(
        () => pace.nextMs,
        signal,
        () => pace.measure(() => this.#tried("look at the kernel's maps", () => this.reconciler.look())),
      ),
      repeat(protectIntervalMs, signal, () =>
        this.#tried('protected addresses', async () => {
          if (this.#link !== 'connected') await this.#endedAlone.look();
          await this.reconciler.protect(await protectedRows());
        }),
      ),
    ]);
    signal.removeEventListener('abort', stop);
    this.#link = 'stopped';
    await this.reconciler.close();
  }

  /** Accepts the controller's list whatever its epoch and revision, because the host's operator said so. */
  resync(): void {
    this.#resync = true;
    this.#stream?.close();
  }

  /** Tells the controller at once that the state of an interface has changed. */
  interfacesChanged(): void {
    this.reconciler.standing.touch();
  }

  /** Reports a lapse to the controller at once: something else undid a part of the datapath, and it has been repaired. */
  lapsed(lapse: Lapse): void {
    this.#lapses.add(lapse);
    this.reconciler.standing.touch();
  }

  /** Without what is wrong with the link: what the controller hears this by, it knows, and has its own words for it. */
  status(): Promise<Status> {
    return this.#report.status(this.#hostProblems, this.#lapses.told());
  }

  async #stayConnected(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    while (!signal.aborted) {
      const resync = this.#resync;
      try {
        await this.#session(resync, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#link = 'connecting';
        const reason = reasonOf(error);
        if (this.#linkProblem !== reason) log.warn({ reason }, 'not connected to the controller');
        this.#linkProblem = reason;
      }
      // A resync does not wait: the stream was ended for its sake.
      if (this.#resync && !resync) continue;
      await sleep(this.#backoff.nextMs(), signal);
    }
  }

  async #session(resync: boolean, signal: AbortSignal): Promise<void> {
    const { dial, clock, log, datapath } = this.#options;
    const { reconciler } = this;
    const sessionKey = await this.#sessionKeys.shown();
    const stream = await dial(signal);
    this.#stream = stream;
    if (signal.aborted) stream.close();
    // Only now: whatever kept the controller unreachable may have ended while it was dialed.
    const endedAlone = await this.#endedAlone.told();
    let synced = false;
    await runSession({
      stream,
      reconciler,
      clock,
      log,
      resync: () => resync && this.#resync,
      hello: () =>
        this.#report.hello(this.#resync ? HELD_NOTHING : reconciler.held, this.#detached, { sessionKey, endedAlone }),
      status: () => this.status(),
      dropReports: (send) =>
        new DropReports({
          datapath,
          clock,
          send,
          failed: (error) => log.warn({ reason: messageOf(error) }, 'drops cannot be reported'),
        }),
      reporting: (send) => new Reporting({ queue: this.#reports, wallMs: () => clock.wallMs(), log, send }),
      lookUp: (lookup) =>
        lookupReply(lookup, {
          datapath,
          table: reconciler.table,
          clock,
          differs: (family, address) => void this.#tried('repair', () => reconciler.suspect(family, address)),
        }),
      onWelcome: ({ storeEpoch, sessionKey: key }, { reconnectLimitMs }) => {
        void this.#keep(key, stream);
        if (this.#detached) this.#options.detached?.told();
        this.#detached = undefined;
        this.#backoff.reset();
        if (reconnectLimitMs > 0) this.#backoff.limit(reconnectLimitMs);
        this.#link = 'connected';
        const { held } = reconciler;
        this.#linkProblem =
          held.epoch === '' || held.epoch === storeEpoch || resync
            ? ''
            : `the controller's list has epoch ${storeEpoch}, this host holds ${held.epoch}: if a backup was restored, accept it with fleetblock-agent resync`;
        log.info({ epoch: storeEpoch, held: `${held.revision}` }, 'connected');
      },
      onApplied: () => {
        this.#resync = false;
        this.#linkProblem = '';
        const { revision, entries } = reconciler.held;
        if (!synced) log.info({ revision: `${revision}`, entries }, 'synced');
        synced = true;
      },
    });
  }

  /** Writes to disk first, then tells the controller, which uses the previous key until then. */
  async #keep(key: Uint8Array, stream: SyncStream): Promise<void> {
    try {
      if (key.length > 0 && (await this.#sessionKeys.keep(key))) await stream.send({ keyKept: { key } });
    } catch (error) {
      this.#options.log.debug(
        { reason: messageOf(error) },
        'the stream ended before the key of the session was reported',
      );
    }
  }

  async #tried(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      const shown = this.#report.shown();
      if (shown !== this.#lastShown) this.reconciler.standing.touch();
      this.#lastShown = shown;
    } catch (error) {
      this.#options.log.error({ err: error }, `${what} failed`);
    }
  }
}

/** Why there is no session, and what to do when that does not resolve itself. */
function reasonOf(error: unknown): string {
  return error instanceof FleetblockError && error.code === 'UNAUTHENTICATED'
    ? `the controller does not accept this host's certificate (${messageOf(error)}): enroll this host again with fleetblock-agent join --replace, its token from fleetblock token create --host NAME --keep-identity`
    : messageOf(error);
}
