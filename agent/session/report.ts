// What an agent says of itself to its controller: a hello at the beginning of a stream, then status reports.
import { AGENT_LIMITS, clipped } from '../../common/agent-limits.ts';
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { SYNC_PROTOCOL } from '../../common/rpc/channel.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import type { EndedAlone as EndedAloneWire } from '../../proto/gen/fleetblock/v1/EndedAlone.ts';
import type { Hello } from '../../proto/gen/fleetblock/v1/Hello.ts';
import type { Lapse } from '../../proto/gen/fleetblock/v1/Lapse.ts';
import type { ProtectedAddress as ProtectedAddressWire } from '../../proto/gen/fleetblock/v1/ProtectedAddress.ts';
import type { Source } from '../../proto/gen/fleetblock/v1/Source.ts';
import type { Status } from '../../proto/gen/fleetblock/v1/Status.ts';
import type { Datapath, InterfaceState } from '../datapath/datapath.ts';
import type { AgentClock } from '../host/boot-clock.ts';
import type { MachineFacts } from '../host/machine-facts.ts';
import type { ProtectedAddress } from '../host/protected-addresses.ts';
import type { Held } from '../list/held.ts';
import type { Reconciler } from '../list/reconciler.ts';
import type { DetachedMark } from '../local/detached-mark.ts';
import { detachedToWire } from '../local/tell-detached.ts';

/** As in fleetblock.v1.Status. */
const TOP_SOURCES = 20;
/** Sources dropped longer ago than this are not reported, milliseconds. */
const LATELY_MS = 60_000;

/** What is reported on. */
export interface ReportOptions {
  readonly datapath: Datapath;
  readonly clock: AgentClock;
  readonly log: Logger;
  readonly agentVersion: string;
  readonly kernelVersion: string;
  /** The rows that are never dropped on this host with reasons, as of the last look. Default: none. */
  readonly protectedAddresses?: () => readonly ProtectedAddress[];
  /** Facts that distinguish this machine from a copy of it. Default: none. */
  readonly machine?: () => MachineFacts;
}

/** Builds messages and sends none: sessions send them. */
export class Report {
  readonly #options: ReportOptions;
  readonly #reconciler: Pick<Reconciler, 'held' | 'standing'>;

  constructor(options: ReportOptions, reconciler: Pick<Reconciler, 'held' | 'standing'>) {
    this.#options = options;
    this.#reconciler = reconciler;
  }

  /** Interfaces and protected addresses, to be compared with those of another time. */
  shown(): string {
    return JSON.stringify([this.#options.datapath.interfaces(), this.#protectedAddresses()]);
  }

  /** `problems`: one sentence each. */
  async status(problems: readonly string[], lapses: Lapse[]): Promise<Status> {
    // Read first: a status must not describe the state before a change that was acked in the meantime.
    const topSources = await this.#topSources();
    const { held, standing } = this.#reconciler;
    const counters = this.#options.datapath.counters();
    return {
      revision: `${held.revision}`,
      entries: `${held.entries}`,
      counters: {
        droppedPackets: `${counters.droppedPackets}`,
        droppedBytes: `${counters.droppedBytes}`,
        passedPackets: `${counters.passedPackets}`,
        passedBytes: `${counters.passedBytes}`,
        allowedPackets: `${counters.allowedPackets}`,
        monitoredPackets: `${counters.monitoredPackets}`,
        malformedPackets: `${counters.malformedPackets}`,
        overtaggedPackets: `${counters.overtaggedPackets}`,
      },
      interfaces: this.#interfaces(),
      driftRepairs: `${standing.driftRepairs}`,
      problems: problems.slice(0, AGENT_LIMITS.problems).map((text) => clipped(text)),
      topSources,
      protectedAddresses: this.#protectedAddresses(),
      lapses,
    };
  }

  /** As many as one message may name; those that let everything through come first. */
  #interfaces(): ReturnType<typeof toWire>[] {
    const open = ({ mode }: { readonly mode: string }) => Number(mode === 'none');
    const all = this.#options.datapath.interfaces().toSorted((a, b) => open(b) - open(a));
    return all.slice(0, AGENT_LIMITS.interfaces).map(toWire);
  }

  #protectedAddresses(): ProtectedAddressWire[] {
    const addresses = this.#options.protectedAddresses?.() ?? [];
    return addresses
      .slice(0, AGENT_LIMITS.protectedAddresses)
      .map(({ prefix, why }) => ({ prefix: formatPrefix(prefix), why }));
  }

  /** Empty when they cannot be read: the rest of the status is still worth sending. */
  async #topSources(): Promise<Source[]> {
    try {
      const sources = await this.#options.datapath.topSources(TOP_SOURCES, this.#options.clock.bootMs() - LATELY_MS);
      return sources.map(({ address, packets }) => ({ address, packets: `${packets}` }));
    } catch (error) {
      this.#options.log.warn({ reason: messageOf(error) }, 'the sources with the most drops cannot be read');
      return [];
    }
  }

  /** `held`: what the controller starts from. `detached`: a detach that was not reported to it. */
  hello(
    held: Held,
    detached: DetachedMark | undefined,
    { sessionKey, endedAlone }: { readonly sessionKey: Uint8Array; readonly endedAlone: EndedAloneWire | null },
  ): Hello {
    const { clock, datapath, agentVersion, kernelVersion, machine } = this.#options;
    const { networkNamespace, facts } = machine?.() ?? { networkNamespace: 0n, facts: [] };
    return {
      protocol: SYNC_PROTOCOL,
      bootId: clock.bootId,
      storeEpoch: held.epoch,
      revision: `${held.revision}`,
      digest: held.digest,
      entries: `${held.entries}`,
      interfaces: this.#interfaces(),
      capacity: `${datapath.capacity}`,
      agentVersion,
      kernelVersion,
      protectedAddresses: this.#protectedAddresses(),
      endedAlone,
      sessionKey,
      revisionSeal: held.seal,
      networkNamespace: `${networkNamespace}`,
      machineFacts: [...facts],
      ...(detached && { detached: detachedToWire(detached, clock.wallMs(), false) }),
      wallMs: `${clock.wallMs()}`,
      takesLoose: true,
      takesJudged: true,
    };
  }
}

function toWire({ name, index, mode, problem }: InterfaceState) {
  return { name, index, mode, problem: clipped(problem, AGENT_LIMITS.interfaceProblem) };
}
