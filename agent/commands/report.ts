// `fleetblock-agent report`: says one report to the running agent. A detector starts it for every ban: it loads next to nothing.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import type { ReportSettings } from '../reports/settings.ts';

/** With `wait`, for the controller's answer, milliseconds. */
const PATIENCE_MS = 30_000;
/** Exit code, as the CLI's for what is accepted and not in force yet. */
const KEPT = 3;

/**
 * Sets the exit code when the agent keeps the report and the controller has not answered.
 * @throws FleetblockError UNAVAILABLE: no agent answers; FAILED_PRECONDITION: it, or the fleet's policy, refuses
 */
export async function report(settings: ReportSettings, patienceMs = PATIENCE_MS): Promise<void> {
  const { verb, address, source, time, socket: path, wait } = settings;
  const socket = connect({ path, allowHalfOpen: true });
  let isKept = false;
  socket.setTimeout(patienceMs, () => {
    // Connected, and not refused: an agent answers at once what it does not keep.
    isKept = wait && !socket.connecting;
    socket.destroy(new Error('no answer'));
  });
  let answer: string;
  try {
    socket.end(`${[verb, address, source, ...(time ? [time] : []), ...(wait ? ['wait'] : [])].join(' ')}\n`);
    answer = (await text(socket)).trim();
  } catch (error) {
    if (!isKept) throw unreachable(path, error);
    process.stderr.write('fleetblock-agent: the agent keeps the report, and has no answer of the controller yet\n');
    process.exitCode = KEPT;
    return;
  }
  if (answer !== 'queued' && answer !== 'taken')
    throw new FleetblockError('FAILED_PRECONDITION', answer.replace(/^refused /, '') || 'the agent gave no answer');
}

function unreachable(path: string, error: unknown): FleetblockError {
  const options = { cause: error };
  switch (systemCode(error)) {
    case 'EACCES':
      return new FleetblockError(
        'PERMISSION_DENIED',
        `no access to ${path}: run this as root, or as a member of the group fleetblock-report`,
        options,
      );
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new FleetblockError(
        'UNAVAILABLE',
        `no agent takes reports at ${path}: start it, with --report-socket ${path} where no package has set it`,
        options,
      );
    default:
      return new FleetblockError('UNAVAILABLE', `no answer: ${messageOf(error)}`, options);
  }
}
