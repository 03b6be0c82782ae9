// `fleetblock-controller health`: asks the controller that runs on this machine whether it can do its work.
import { FleetblockError } from '../../common/errors.ts';
import { askHealth, type Health } from '../server/local-admin.ts';

/** @returns a line for people. @throws FleetblockError UNAVAILABLE: none runs, or it does not answer; what is wrong otherwise */
export async function health(dataDir: string): Promise<string> {
  const report = await askHealth(dataDir);
  if (report === undefined) throw new FleetblockError('UNAVAILABLE', `no controller runs on ${dataDir}`);
  return healthLine(report);
}

/** `fleet default at revision 12: 3 hosts synced, 1 offline`, and what is wrong although it is at work. */
export function healthLine({ fleet, revision, hosts, warnings }: Health): string {
  const counts = Object.entries(hosts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  return [`fleet ${fleet} at revision ${revision}, hosts: ${counts.join(', ') || 'none'}`, ...warnings].join('; ');
}
