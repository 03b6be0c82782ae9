// `fleetblock-agent run`: the agent on the kernel, as a service.
import { release } from 'node:os';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { ensureOwnDirectory } from '../../common/files.ts';
import { Systemd } from '../../common/host/systemd.ts';
import { createLogger, type Logger } from '../../common/logger.ts';
import { sleep } from '../../common/timers.ts';
import { VERSION } from '../../common/version.ts';
import { Agent } from '../agent.ts';
import type { RunSettings } from '../config.ts';
import { limitsOf } from '../datapath/decision/limits.ts';
import { interfaceIndex, isInterfaceName, pinName } from '../datapath/interfaces/interface-names.ts';
import { allocateLargeApart, giveBackMemory } from '../datapath/native/process-memory.ts';
import { lockDirectory } from '../datapath/pins/directory-lock.ts';
import { inspectPins } from '../datapath/pins/inspect.ts';
import { checkPlatform } from '../datapath/platform.ts';
import { openXdpDatapath } from '../datapath/xdp-datapath.ts';
import { systemAgentClock } from '../host/boot-clock.ts';
import { ControllerAddress } from '../host/controller-address.ts';
import { FacingInterfaces } from '../host/facing-interfaces.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { ProtectedAddresses } from '../host/protected-addresses.ts';
import { loadEnrollment } from '../identity/enrollment.ts';
import { certificateEndsMs, certificateProblem, keepRenewed } from '../identity/renewal.ts';
import { SessionKeyFile } from '../identity/session-key.ts';
import { StateFile } from '../list/record/state-file.ts';
import { forgetDetachedMark, readDetachedMark } from '../local/detached-mark.ts';
import { keepServed } from '../local/keep-served.ts';
import { LocalSocket } from '../local/local-socket.ts';
import { countersReport, heldReport, protectedReport } from '../local/status-report.ts';
import type { StatusReport } from '../local/status-schema.ts';
import { statusLine } from '../local/status-text.ts';
import { ReportQueue } from '../reports/report-queue.ts';
import { ReportSocket } from '../reports/report-socket.ts';
import { SyncDialer } from '../session/sync-dialer.ts';

/** Between two looks for the first default route, milliseconds. */
const ROUTE_LOOK_MS = 1000;
/** Longest work on the kernel that is not taken for a hang, milliseconds: a list of millions on a slow machine takes a fraction of it. */
const WORK_LIMIT_MS = 600_000;

/** Resolves after SIGTERM or SIGINT; the pinned program keeps dropping. @throws FleetblockError: privileges, identity or interfaces */
export async function run(settings: RunSettings): Promise<void> {
  const { stateDir } = settings;
  const log = createLogger('fleetblock-agent', settings.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal));

  // Before anything is changed: check the privileges, the host's identity and the interfaces to attach to.
  checkPlatform();
  allocateLargeApart();
  const { controller, hostId, hostName, fleet } = loadEnrollment(stateDir);
  if (!settings.waitForInterface) checkInterfacesExist(settings.interfaces, settings.pinDir);
  ensureOwnDirectory(stateDir);
  const unlock = lockDirectory(stateDir, 'stop it first, or use another --state-dir');
  try {
    const clock = systemAgentClock();
    const address = new ControllerAddress({ controller, stateDir });
    const protectedAddresses = new ProtectedAddresses({
      controller: address,
      always: settings.protect,
      sshPorts: settings.sshPorts,
    });
    const systemd = await Systemd.connect({ log, signal: stop.signal });
    const interfaces = await wantedInterfaces(settings, log, systemd, stop.signal);
    if (stop.signal.aborted) return;
    let started: Agent | undefined;
    const datapath = await openXdpDatapath({
      interfaces,
      pinDir: settings.pinDir,
      mode: settings.xdpMode,
      limits: limitsOf(settings.capacity),
      logger: log,
      // Also called while the datapath opens, when there is no agent yet.
      onInterfaceChange: () => started?.interfacesChanged(),
      onLapse: (lapse) => started?.lapsed(lapse),
    });
    const dialer = new SyncDialer();
    const socket = new LocalSocket({
      stateDir,
      log,
      handle: (command) => {
        if (command === 'status') return report();
        agent.resync();
        return {};
      },
    });
    const reports = new ReportQueue();
    const reportSocket =
      settings.reportSocket === ''
        ? undefined
        : new ReportSocket({ path: settings.reportSocket, queue: reports, wallMs: () => clock.wallMs(), log });
    const agent = new Agent({
      datapath,
      store: new StateFile({ directory: stateDir, clock, log }),
      clock,
      log,
      // Read again for every attempt: the certificate may have been renewed.
      dial: (signal) => dialer.dial(address.target(), loadEnrollment(stateDir).identity, signal),
      sessionKeys: new SessionKeyFile(stateDir, log),
      machine: () => machineFacts(hostId, interfaces()),
      agentVersion: VERSION,
      kernelVersion: release(),
      protectedRows: () => protectedAddresses.rows(),
      protectedAddresses: () => protectedAddresses.current,
      auditIntervalMs: settings.auditIntervalMs,
      // Large typed arrays hardly trigger V8's collector: a quiet agent would keep dead ones for hours.
      onListDone: giveBackMemory,
      detached: { mark: readDetachedMark(stateDir), told: () => forgetDetachedMark(stateDir) },
      reports,
      problems: () => [identityProblem(stateDir, clock.wallMs()), socket.problem, reportSocket?.problem ?? ''],
    });
    started = agent;
    const report = (): StatusReport => ({
      running: true,
      link: agent.link,
      host: { name: hostName, id: hostId, fleet },
      controller,
      ...heldReport(agent.reconciler.held),
      capacity: settings.capacity,
      kernelMemoryBytes: datapath.memoryBytes,
      pinned: datapath.checkPins(),
      interfaces: datapath.interfaces(),
      counters: countersReport(datapath.counters()),
      protected: protectedReport(protectedAddresses.current, agent.reconciler.table),
      reports: reports.counts,
      driftRepairs: Number(agent.reconciler.standing.driftRepairs),
      problems: agent.problems,
    });
    const source = {
      report,
      certificateEndsMs: () => certificateEnd(stateDir),
      build: { version: VERSION, kernel: release() },
    };
    await socket.serve();
    await reportSocket?.serve();
    try {
      const ready = () => {
        const attached = datapath.interfaces().filter(({ mode }) => mode !== 'none');
        for (const { name, mode, problem } of datapath.interfaces())
          if (mode === 'none') log.warn({ interface: name, problem }, 'nothing is dropped on this interface');
        log.info({ host: hostName, controller, interfaces: attached.map(({ name }) => name) }, 'enforcing');
        systemd.ready({
          check: async () => {
            await agent.reconciler.turn();
            return statusLine(report());
          },
          checkLimitMs: WORK_LIMIT_MS,
        });
      };
      await Promise.all([
        agent.run(stop.signal, ready),
        keepRenewed({ stateDir, log }, stop.signal),
        settings.metrics && keepServed(settings.metrics, source, log, stop.signal),
      ]);
      log.info({ signal: String(stop.signal.reason) }, 'stopped; the kernel keeps dropping');
    } finally {
      socket.close();
      reportSocket?.close();
      datapath.close();
    }
  } finally {
    unlock();
  }
}

/** Unix milliseconds; NaN when the identity is gone. */
function certificateEnd(stateDir: string): number {
  try {
    return certificateEndsMs(loadEnrollment(stateDir));
  } catch {
    return Number.NaN;
  }
}

/**
 * Those that were named, or those of the default routes; the routes are looked at again from time to time. Without any it waits for one
 * if it may: then systemd hears that it is ready, as the network may be waiting for it.
 * @throws FleetblockError FAILED_PRECONDITION: there is no default route, and it may not wait
 */
async function wantedInterfaces(
  { interfaces, stateDir, waitForInterface }: RunSettings,
  log: Logger,
  systemd: Systemd,
  signal: AbortSignal,
): Promise<() => readonly string[]> {
  if (interfaces.length > 0) return () => interfaces;
  const facing = new FacingInterfaces({ stateDir });
  if (facing.names().length === 0) {
    if (!waitForInterface)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        'this host has no default route to choose the interfaces by: name those that face the network, --interface eth0[,eth1]',
      );
    log.warn('nothing is enforced yet: waiting for a default route to choose the interfaces by');
    systemd.ready({ check: async () => 'nothing is enforced yet: waiting for a default route' });
    while (facing.names().length === 0 && !signal.aborted) await sleep(ROUTE_LOOK_MS, signal);
  }
  return () => facing.names();
}

/** The problem with the certificate, or that it is gone: the agent then keeps the stream that it has. */
function identityProblem(stateDir: string, nowMs: number): string {
  try {
    return certificateProblem(loadEnrollment(stateDir), nowMs);
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Otherwise a mistyped name would be waited for forever. An interface that this agent was attached to before may
 * come back, so it is waited for.
 */
function checkInterfacesExist(names: readonly string[], pinDir: string): void {
  const missing = names.filter((name) => isInterfaceName(name) && interfaceIndex(name) === 0);
  if (missing.length === 0) return;
  const known = new Set(inspectPins(pinDir)?.interfaces.map(({ name }) => name));
  const unknown = missing.filter((name) => !known.has(name) && !known.has(pinName(name)));
  if (unknown.length > 0)
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no interface ${unknown.join(', ')}: see ip -br link, or give --wait-for-interface if it will come later`,
    );
}
