// `fleetblock-agent doctor`: what to expect of XDP on this host, and what to change, before anything is attached.
import { messageOf } from '../../../common/errors.ts';
import { gatherHostFacts, gatherInterfaceFacts } from './facts.ts';
import { type Finding, type InterfaceVerdict, judgeHost, judgeInterface, judgePins } from './findings.ts';

/** The JSON of `fleetblock-agent doctor -o json`. */
export interface DoctorReport {
  readonly host: readonly Finding[];
  readonly interfaces: readonly InterfaceVerdict[];
  /** No finding is an error. */
  readonly healthy: boolean;
}

/**
 * Changes nothing.
 * @param pinnedPrograms ids of the programs that fleetblock has pinned on this host. It may throw, as it does on a host that
 * cannot run fleetblock: that becomes a finding, since the doctor is meant for such hosts
 */
export async function examine(
  interfaces: readonly string[],
  pinnedPrograms: () => ReadonlySet<number>,
): Promise<DoctorReport> {
  const host = gatherHostFacts();
  const facts = await Promise.all(interfaces.map((name) => gatherInterfaceFacts(name)));
  const hostFindings = [...judgeHost(host)];
  let ownPrograms: ReadonlySet<number> = new Set();
  try {
    ownPrograms = pinnedPrograms();
  } catch (error) {
    // The host's own problems are findings already; anything else is about the pins.
    if (hostFindings.every(({ severity }) => severity !== 'error')) hostFindings.push(judgePins(messageOf(error)));
  }
  const verdicts = facts.map((each) => judgeInterface(each, host, ownPrograms));
  const all = [...hostFindings, ...verdicts.flatMap((verdict) => verdict.findings)];
  return { host: hostFindings, interfaces: verdicts, healthy: all.every((finding) => finding.severity !== 'error') };
}
