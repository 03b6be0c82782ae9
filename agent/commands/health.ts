// `fleetblock-agent health`: asks the running agent, and judges what it says of the datapath. Whether the controller can be reached is no
// part of it: the host enforces without.
import { FleetblockError } from '../../common/errors.ts';
import type { HealthSettings } from '../config.ts';
import { askAgent } from '../local/local-socket.ts';
import { readAnswer, type StatusReport } from '../local/status-schema.ts';
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

/** Why the host does not enforce what it holds, or would not without the agent. */
function illsOf({ interfaces, pinned }: StatusReport): string[] {
  const open = interfaces
    .filter(({ mode }) => mode === 'none')
    .map(({ name, problem }) => `nothing is dropped on ${name}${problem === '' ? '' : `: ${problem}`}`);
  if (interfaces.length === 0) open.push('nothing is enforced: the agent has no interface');
  if (!pinned) open.push('maps or links are not pinned: they would end with the agent');
  return open;
}
