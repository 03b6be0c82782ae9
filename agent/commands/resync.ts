// `fleetblock-agent resync`: the operator of this host accepts whatever list the controller has.
import { FleetblockError } from '../../common/errors.ts';
import { askAgent } from '../local/local-socket.ts';

/** Returns before the list is in the kernel. @throws FleetblockError UNAVAILABLE: no agent runs on `stateDir` */
export async function resync({ stateDir }: { readonly stateDir: string }): Promise<void> {
  const answer = await askAgent(stateDir, 'resync');
  if (answer === undefined)
    throw new FleetblockError(
      'UNAVAILABLE',
      `no agent runs on ${stateDir}: start it (fleetblock-agent run), then run this again`,
    );
  process.stdout.write("the agent takes the controller's list now: see fleetblock-agent status\n");
}
