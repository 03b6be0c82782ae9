// The start of `fleetblock-agent report` as detectors type it, without the whole command line: one process per ban is what it costs them.
import { parseArgs } from 'node:util';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { DEFAULT_REPORT_SOCKET, type ReportSettings } from './settings.ts';

/** @returns undefined for anything that the full command line has to read: help, a mistake, a file with settings */
export function quickSettings(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReportSettings | undefined {
  if (env.FLEETBLOCK_AGENT_CONFIG) return undefined;
  try {
    const { values, positionals } = parseArgs({
      // A negative time is no option: fail2ban writes -1 for a ban without an end.
      args: words.map((word, i) => (words[i - 1] === '-d' && word.startsWith('-') ? '0' : word)),
      options: {
        source: { type: 'string' },
        duration: { type: 'string', short: 'd' },
        wait: { type: 'boolean' },
        'report-socket': { type: 'string' },
      },
      allowPositionals: true,
    });
    const [verb, address, ...more] = positionals;
    if ((verb !== 'ban' && verb !== 'unban') || address === undefined || more.length > 0 || !values.source)
      return undefined;
    const socket = values['report-socket'] ?? env.FLEETBLOCK_REPORT_SOCKET ?? DEFAULT_REPORT_SOCKET;
    const time = values.duration === '0' ? undefined : values.duration;
    return { verb, address, source: values.source, time, socket, wait: values.wait === true };
  } catch {
    return undefined;
  }
}

/** Reports and sets the exit code, as the full command line does. */
export async function reportQuickly(settings: ReportSettings): Promise<void> {
  const { report } = await import('../commands/report.ts');
  try {
    await report(settings);
  } catch (error) {
    process.stderr.write(`fleetblock-agent: ${messageOf(error)}\n`);
    process.exitCode = error instanceof FleetblockError && error.code === 'INVALID_ARGUMENT' ? 2 : 1;
  }
}
