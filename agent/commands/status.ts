// `fleetblock-agent status`: asks the running agent; without one it reads the pins and the record on disk.
import { join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import type { StatusSettings } from '../config.ts';
import { inspectPins } from '../datapath/pins/inspect.ts';
import { systemAgentClock } from '../host/boot-clock.ts';
import { type Enrollment, loadEnrollment } from '../identity/enrollment.ts';
import { HELD_NOTHING } from '../list/held.ts';
import { STATE_FILE } from '../list/record/state-file.ts';
import { readState } from '../list/record/state-reader.ts';
import { askAgent } from '../local/local-socket.ts';
import { countersReport, heldReport } from '../local/status-report.ts';
import { NO_REPORTS, readAnswer, type StatusReport } from '../local/status-schema.ts';
import { formatStatus } from '../local/status-text.ts';

/** Works without a running agent: then it shows what is pinned and what the record on disk says. */
export async function status({ stateDir, pinDir, format }: StatusSettings): Promise<void> {
  const answer = await askAgent(stateDir, 'status');
  const report = answer === undefined ? await leftBehind(stateDir, pinDir) : readAnswer(answer);
  process.stdout.write(format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : formatStatus(report));
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
    reports: NO_REPORTS,
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
