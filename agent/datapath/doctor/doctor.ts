// `fleetblock-agent doctor`: what to expect of XDP on this host, and what to change, before anything is attached.
import { gatherHostFacts, gatherInterfaceFacts } from './facts.ts';
import { type Finding, type InterfaceVerdict, judgeHost, judgeInterface } from './findings.ts';

export interface DoctorReport {
  readonly host: readonly Finding[];
  readonly interfaces: readonly InterfaceVerdict[];
  /** No finding is an error. */
  readonly healthy: boolean;
}

/** `ownPrograms`: program ids that fleetblock has pinned on this host. Changes nothing. */
export async function examine(interfaces: readonly string[], ownPrograms: ReadonlySet<number>): Promise<DoctorReport> {
  const host = gatherHostFacts();
  const facts = await Promise.all(interfaces.map((name) => gatherInterfaceFacts(name)));
  const verdicts = facts.map((each) => judgeInterface(each, host, ownPrograms));
  const hostFindings = judgeHost(host);
  const all = [...hostFindings, ...verdicts.flatMap((verdict) => verdict.findings)];
  return { host: hostFindings, interfaces: verdicts, healthy: all.every((finding) => finding.severity !== 'error') };
}
