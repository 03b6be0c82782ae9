// The process of fleetblock-controller: parses settings, wires, runs, and turns every failure into one line and an exit code.
// What a command needs is loaded by it: --help does not wait for cryptography and gRPC.
import { join } from 'node:path';
import { runCommands } from '../common/command-line.ts';
import { Systemd } from '../common/host/systemd.ts';
import { createLogger } from '../common/logger.ts';
import { formatEndpoint } from '../common/text/endpoint.ts';
import { systemClock } from '../common/time/clock.ts';
import {
  type BackupSettings,
  buildProgram,
  type CredentialsSettings,
  type HealthSettings,
  type InitSettings,
  type RotateSettings,
  type RunSettings,
} from './config.ts';
import type { RunningServer } from './server/server.ts';
import { DataDirectory } from './store/data-dir.ts';

/** What to do when the certificates of an issuer are no longer accepted. */
const ROTATED_AWAY: Readonly<Record<RotateSettings['issuer'], string>> = {
  agents:
    'every host needs a new certificate: fleetblock token create --host NAME --keep-identity, and fleetblock-agent join\n',
  operators: 'every operator needs new credentials: the first by fleetblock-controller credentials\n',
  servers: "the stolen key can still pose as the controller until the fleet's root is replaced: see SECURITY.md\n",
};

/** Longest work on views that is not taken for a hang, milliseconds: that for a list of millions takes a fraction of it. */
const WORK_LIMIT_MS = 600_000;

async function init({ dataDir, fleet, advertise, listen }: InitSettings): Promise<void> {
  const { initFleet } = await import('./commands/init.ts');
  const made = await initFleet({ dataDir, fleet, advertise, clock: systemClock });
  const until = new Date(made.adminExpiresMs).toISOString().slice(0, 10);
  process.stdout.write(
    `made fleet ${fleet} in ${dataDir}; its admin's credentials (until ${until}) are in ${made.credentialsPath}\n` +
      '\nnext:\n' +
      `  fleetblock-controller run --data-dir ${dataDir} --listen ${listen}\n` +
      `  export FLEETBLOCK_CONFIG=${made.credentialsPath}\n` +
      '  fleetblock token create\n' +
      `and on every host, with that token on standard input:\n` +
      `  fleetblock-agent join ${advertise} --token-file -\n`,
  );
}

async function credentials({ dataDir, name, role, ttlMs, out }: CredentialsSettings): Promise<void> {
  const { makeCredentials } = await import('./server/make-credentials.ts');
  const path = out ?? join(dataDir, 'operators', `${name}.yaml`);
  const untilMs = await makeCredentials({ dataDir, name, role, ttlMs, out: path, clock: systemClock });
  const until = new Date(untilMs).toISOString().slice(0, 10);
  process.stdout.write(`wrote ${path}: ${role} ${name}, until ${until}\n  export FLEETBLOCK_CONFIG=${path}\n`);
}

async function backup({ dataDir, file }: BackupSettings): Promise<void> {
  const { backupStore } = await import('./store/sqlite/file/backup.ts');
  const { revision } = backupStore(new DataDirectory(dataDir).store, file);
  process.stdout.write(`wrote ${file}: the store at revision ${revision}\n`);
}

async function restore({ dataDir, file }: BackupSettings): Promise<void> {
  const { restoreStore } = await import('./store/sqlite/file/backup.ts');
  const { restoredWords } = await import('./commands/restored.ts');
  const restored = restoreStore(new DataDirectory(dataDir).store, file);
  process.stdout.write(
    `restored the store in ${dataDir} to revision ${restored.revision} of ${file}, under a new epoch\n` +
      restoredWords(restored) +
      '\nnext: start the controller. Hosts keep the list that they hold and are shown as degraded, until they are told to\n' +
      'take the restored one:\n' +
      '  fleetblock host resync --all-hosts\n',
  );
}

async function health({ dataDir }: HealthSettings): Promise<void> {
  const command = await import('./commands/health.ts');
  process.stdout.write(`${await command.health(dataDir)}\n`);
}

async function rotate({ dataDir, issuer, rootKey, distrust }: RotateSettings): Promise<void> {
  const { rotateIssuer } = await import('./commands/rotate.ts');
  await rotateIssuer({ dataDir, issuer, rootKey, distrust, clock: systemClock });
  process.stdout.write(
    `made a new issuer of ${issuer} in ${dataDir}: start the controller\n${distrust ? ROTATED_AWAY[issuer] : ''}`,
  );
}

async function run({ dataDir, listen, metrics, http, logLevel, trustClock }: RunSettings): Promise<void> {
  const log = createLogger('fleetblock-controller', logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal));

  const systemd = await Systemd.connect({ log, signal: stop.signal });
  const { startServer } = await import('./server/server.ts');
  const { healthLine } = await import('./commands/health.ts');
  const server = await startServer({ dataDir, listen, clock: systemClock, log, trustClock, http });
  try {
    const metricsServer = metrics && (await startMetrics(metrics, server));
    log.info(
      {
        address: formatEndpoint(server.listening),
        ...(server.http && { http: formatEndpoint(server.http.listening) }),
        ...(metricsServer && { metrics: formatEndpoint(metricsServer.listening) }),
        fleet: server.fleet,
        revision: String(server.store.head),
      },
      'listening',
    );
    systemd.ready({
      check: async () => {
        await server.controller.turn();
        return healthLine(await server.health());
      },
      checkLimitMs: WORK_LIMIT_MS,
    });
    if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    log.info({ signal: String(stop.signal.reason) }, 'stopping');
    await metricsServer?.close();
  } finally {
    await server.close();
  }
  log.info('stopped');
}

async function startMetrics(endpoint: NonNullable<RunSettings['metrics']>, server: RunningServer) {
  const { serveMetrics } = await import('../common/net/serve-metrics.ts');
  const { controllerMetrics } = await import('./server/metrics.ts');
  const { feedMetrics } = await import('./feeds/metrics.ts');
  const { countByState } = await import('./rollouts/rollout.ts');
  const registry = controllerMetrics({
    connections: () => ({ ...server.front.counts(), ...(server.http && { http: server.http.connections() }) }),
    hosts: () => server.controller.hostCounts(),
    revision: () => server.store.head,
    halts: () => server.controller.rollouts.halts,
    rollouts: () => countByState(server.controller.rollouts.list()),
    warnings: () => server.warnings().length,
    diskFreeBytes: () => server.diskFreeBytes(),
    metrics: [
      ...server.controller.hub.meter.metrics,
      ...feedMetrics(server.controller.feeds),
      ...server.controller.detectors.meter.metrics,
      ...server.controller.hooks.meter.metrics,
    ],
  });
  return serveMetrics(endpoint, registry);
}

/** Runs process.argv, and sets the exit code. */
export function main(): Promise<void> {
  return runCommands('fleetblock-controller', () =>
    buildProgram({ init, run, health, credentials, backup, restore, rotate }),
  );
}
