// `fleetblock-agent health`: asks the running agent, and judges what it says of the datapath. Whether the controller can be reached is no
// part of it: the host enforces without.
import { FleetblockError } from '../../common/errors.ts';
import type { HealthSettings } from '../config.ts';
import { askAgent } from '../local/local-socket.ts';
import { illsOf } from '../local/status-report.ts';
import { readAnswer } from '../local/status-schema.ts';
import { statusLine } from '../local/status-text.ts';

/** Prints one line. @throws FleetblockError UNAVAILABLE: no agent runs, or it does not answer; FAILED_PRECONDITION: it does not enforce */
export async function health({ stateDir }: HealthSettings): Promise<void> {
  const answer = await askAgent(stateDir, 'status');
  if (answer === undefined) throw new FleetblockError('UNAVAILABLE', `no agent runs on ${stateDir}`);
  const report = readAnswer(answer);
  const ills = illsOf(report);
  if (ills.length > 0) throw new FleetblockError('FAILED_PRECONDITION', ills.join('; '));
  process.stdout.write(`${statusLine(report)}\n`);
}
