// One of every kind of caller, for a controller that is not serving yet.
import { randomUUID } from 'node:crypto';
import type { ClientIdentity } from '../../../common/rpc/channel.ts';
import type { TestFleet } from '../fleet.ts';
import type { RunningFleet } from '../running.ts';

const DAY_MS = 86_400_000;
const BY = { actor: 'test', reason: 'test' };

export interface Callers {
  /** By what they are called in rows.ts; undefined: without a certificate. */
  readonly identities: ReadonlyMap<string, ClientIdentity | undefined>;
  /** Id of the host that may call. */
  readonly agentId: string;
}

/** `other`: a fleet of the same name. */
export async function makeCallers(running: RunningFleet, other: TestFleet): Promise<Callers> {
  const identities = new Map<string, ClientIdentity | undefined>();
  const { fleet, store } = running;
  const past = Date.now() - 40 * DAY_MS;
  const future = Date.now() + 2 * DAY_MS;
  const known = async (role: 'viewer' | 'operator' | 'admin', name: string, bornMs?: number) => {
    const identity = await fleet.operator(role, name, bornMs);
    await running.addOperator(role, name, identity);
    return identity;
  };
  const enrolled = async (bornMs?: number) => fleet.agent(await running.addHost(), bornMs);
  const under = (identity: ClientIdentity) => ({ ...identity, rootCertificate: fleet.authority.rootCertificate });

  identities.set('viewer', await known('viewer', 'vera'));
  identities.set('operator', await known('operator', 'oscar'));
  identities.set('admin', await known('admin', 'alice'));
  const host = await enrolled();
  identities.set('agent', host);
  identities.set('no certificate', undefined);
  identities.set("another fleet's admin", under(await other.operator('admin')));
  identities.set("another fleet's agent", under(await other.agent()));
  identities.set('expired admin', await known('admin', 'emil', past));
  identities.set('expired agent', await enrolled(past));
  identities.set('not yet valid admin', await known('admin', 'nora', future));
  const revoked = await known('admin', 'rita');
  await store.revokeOperators({ serial: revoked.serial, lastAdmin: false }, BY);
  identities.set('revoked admin', revoked);
  const lost = await running.addHost('lost');
  identities.set('revoked agent', await fleet.agent(lost));
  await store.revokeHost('lost', BY);
  identities.set('agent of no host', await fleet.agent(randomUUID()));
  identities.set('admin that the store does not know', await fleet.operator('admin', 'ghost'));
  const server = await fleet.authority.issueServer(Date.now());
  identities.set("the controller's own certificate", {
    rootCertificate: fleet.authority.rootCertificate,
    certificateChain: server.chain,
    privateKey: server.privateKey,
  });
  return { identities, agentId: host.hostId };
}
