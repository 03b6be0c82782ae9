// `fleetblock-agent run`: the agent on the kernel, as a service.
import { release } from 'node:os';
import { ensurePrivateDirectory } from '../../common/files.ts';
import { createLogger } from '../../common/logger.ts';
import { VERSION } from '../../common/version.ts';
import { Agent } from '../agent.ts';
import { systemAgentClock } from '../boot-clock.ts';
import type { RunSettings } from '../config.ts';
import { DEFAULT_LIMITS } from '../datapath/decision/limits.ts';
import { lockDirectory } from '../datapath/directory-lock.ts';
import { notifySystemd } from '../datapath/sd-notify.ts';
import { openXdpDatapath } from '../datapath/xdp-datapath.ts';
import { loadEnrollment } from '../enrollment.ts';
import { serveLocalSocket } from '../local-socket.ts';
import { ProtectedAddresses } from '../protected-addresses.ts';
import { certificateProblem, keepRenewed } from '../renewal.ts';
import { openSyncStream } from '../services/sync-stream.ts';
import { StateFile } from '../state-file.ts';
import { countersReport, heldReport, protectedReport } from '../status-report.ts';
import type { StatusReport } from '../status-schema.ts';

export async function run(settings: RunSettings): Promise<void> {
  const { stateDir } = settings;
  const log = createLogger('fleetblock-agent', settings.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal));

  // Who this host is comes first: without it everything else would be for nothing.
  const { controller, hostId, hostName, fleet } = loadEnrollment(stateDir);
  ensurePrivateDirectory(stateDir);
  const unlock = lockDirectory(stateDir, 'stop it first, or use another --state-dir');
  try {
    const clock = systemAgentClock();
    const protectedAddresses = new ProtectedAddresses({
      controller,
      always: settings.protect,
      sshPorts: settings.sshPorts,
    });
    let started: Agent | undefined;
    const datapath = await openXdpDatapath({
      interfaces: settings.interfaces,
      pinDir: settings.pinDir,
      mode: settings.xdpMode,
      limits: { ...DEFAULT_LIMITS, ...(settings.capacity === undefined ? {} : { v4Addresses: settings.capacity }) },
      logger: log,
      // Called from within the opening too, when there is no agent to tell yet.
      onInterfaceChange: () => started?.interfacesChanged(),
    });
    const agent = new Agent({
      datapath,
      store: new StateFile({ directory: stateDir, clock, log }),
      clock,
      log,
      // Read anew for every attempt: the certificate may have been renewed.
      dial: () => openSyncStream(controller, loadEnrollment(stateDir).identity),
      agentVersion: VERSION,
      kernelVersion: release(),
      protectedRows: () => protectedAddresses.rows(),
      auditIntervalMs: settings.auditIntervalMs,
      problems: () => certificateProblem(loadEnrollment(stateDir), clock.wallMs()),
    });
    started = agent;
    const report = (): StatusReport => ({
      running: true,
      link: agent.link,
      host: { name: hostName, id: hostId, fleet },
      controller,
      ...heldReport(agent.reconciler.held),
      capacity: datapath.capacity,
      kernelMemoryBytes: datapath.memoryBytes,
      interfaces: datapath.interfaces(),
      counters: countersReport(datapath.counters()),
      protected: protectedReport(protectedAddresses.current, agent.reconciler.table),
      driftRepairs: Number(agent.reconciler.driftRepairs),
      problems: agent.problems,
    });
    const socket = await serveLocalSocket({
      stateDir,
      log,
      handle: (command) => {
        if (command === 'status') return report();
        agent.resync();
        return {};
      },
    });
    try {
      const ready = () => {
        log.info({ host: hostName, controller, interfaces: settings.interfaces }, 'enforcing');
        notifySystemd('READY=1');
      };
      await Promise.all([agent.run(stop.signal, ready), keepRenewed({ stateDir, log }, stop.signal)]);
      log.info({ signal: String(stop.signal.reason) }, 'stopped; the kernel goes on dropping');
    } finally {
      notifySystemd('STOPPING=1');
      socket.close();
      datapath.close();
    }
  } finally {
    unlock();
  }
}
