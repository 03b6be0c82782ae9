// `fleetblock-agent report`: says one report to the running agent. A detector starts it for every ban: it loads next to nothing.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';
import type { ReportSettings } from '../reports/settings.ts';

/** With `wait`, for the controller's answer, milliseconds. */
const PATIENCE_MS = 30_000;

/** @throws FleetblockError UNAVAILABLE: no agent answers; FAILED_PRECONDITION: it, or the fleet's policy, refuses */
export async function report({ verb, address, source, time, socket: path, wait }: ReportSettings): Promise<void> {
  const socket = connect({ path, allowHalfOpen: true });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
  let answer: string;
  try {
    socket.end(`${[verb, address, source, ...(time ? [time] : []), ...(wait ? ['wait'] : [])].join(' ')}\n`);
    answer = (await text(socket)).trim();
  } catch (error) {
    throw unreachable(path, wait, error);
  }
  if (answer !== 'queued' && answer !== 'taken')
    throw new FleetblockError('FAILED_PRECONDITION', answer.replace(/^refused /, '') || 'the agent gave no answer');
}

function unreachable(path: string, wait: boolean, error: unknown): FleetblockError {
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
      return new FleetblockError(
        'UNAVAILABLE',
        wait ? 'the agent keeps the report, and has no answer of the controller yet' : `no answer: ${messageOf(error)}`,
        options,
      );
  }
}
