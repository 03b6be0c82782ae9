// `fleetblock-agent status`: asks the running agent; without one it reads the pins and the record on disk.
import { join } from 'node:path';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { systemAgentClock } from '../boot-clock.ts';
import type { StatusSettings } from '../config.ts';
import { inspectPins } from '../datapath/inspect.ts';
import { type Enrollment, loadEnrollment } from '../enrollment.ts';
import { HELD_NOTHING } from '../held.ts';
import { askAgent } from '../local-socket.ts';
import { STATE_FILE } from '../state-file.ts';
import { readState } from '../state-reader.ts';
import { countersReport, heldReport } from '../status-report.ts';
import { type StatusReport, statusSchema } from '../status-schema.ts';
import { formatStatus } from '../status-text.ts';

export async function status({ stateDir, pinDir, format }: StatusSettings): Promise<void> {
  const answer = await askAgent(stateDir, 'status');
  const report = answer === undefined ? await leftBehind(stateDir, pinDir) : readAnswer(answer);
  process.stdout.write(format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : formatStatus(report));
}

function readAnswer(answer: unknown): StatusReport {
  const report = statusSchema.safeParse(answer);
  if (report.success) return report.data;
  throw new FleetblockError(
    'INTERNAL',
    'the running agent answers in another form: is it of another version? restart it',
  );
}

async function leftBehind(stateDir: string, pinDir: string): Promise<StatusReport> {
  const problems: string[] = [];
  const pins = inspectPins(pinDir);
  const enrollment = enrolled(stateDir, problems);
  const state = await readState(join(stateDir, STATE_FILE), systemAgentClock());
  if (state === 'corrupt') problems.push(`${join(stateDir, STATE_FILE)} is damaged`);
  return {
    running: false,
    link: 'stopped',
    host: enrollment && { name: enrollment.hostName, id: enrollment.hostId, fleet: enrollment.fleet },
    controller: enrollment?.controller ?? null,
    ...heldReport(state === undefined || state === 'corrupt' ? HELD_NOTHING : state.held),
    capacity: null,
    kernelMemoryBytes: pins?.memoryBytes ?? null,
    pinned: pins !== undefined,
    interfaces: pins ? [...pins.interfaces] : [],
    counters: pins?.counters ? countersReport(pins.counters) : null,
    protected: [],
    driftRepairs: 0,
    problems,
  };
}

function enrolled(stateDir: string, problems: string[]): Enrollment | null {
  try {
    return loadEnrollment(stateDir);
  } catch (error) {
    problems.push(messageOf(error));
    return null;
  }
}
