// `fleetblock-agent doctor`: prints the findings of the datapath's examination of this host.
import { FleetblockError } from '../../common/errors.ts';
import type { DoctorSettings } from '../config.ts';
import { examine } from '../datapath/doctor/doctor.ts';
import type { Finding } from '../datapath/doctor/findings.ts';
import { inspectPins } from '../datapath/pins/inspect.ts';

const MARKS = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' } as const;

/** Changes nothing on the host. @throws FleetblockError FAILED_PRECONDITION: a finding is an error; the report is printed before */
export async function doctor({ pinDir, interfaces, format }: DoctorSettings): Promise<void> {
  const report = await examine(interfaces, () => inspectPins(pinDir)?.programIds ?? new Set());
  if (format === 'json') process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else {
    process.stdout.write(`this host\n${report.host.map(line).join('')}`);
    for (const { name, expectedMode, findings } of report.interfaces)
      process.stdout.write(
        `\n${name}: ${expectedMode === 'none' ? 'cannot be attached' : `XDP ${expectedMode}`}\n${findings.map(line).join('')}`,
      );
    if (interfaces.length === 0) process.stderr.write('to check interfaces too: --interface IF[,IF]\n');
  }
  if (!report.healthy)
    throw new FleetblockError('FAILED_PRECONDITION', 'this host needs changes before fleetblock can run: see above');
}

function line({ severity, text, fix }: Finding): string {
  return `  ${MARKS[severity]}  ${text}${fix === '' ? '' : `\n           fix: ${fix}`}\n`;
}
