// Lists that grow for as long as a fleet lives: tokens that ended, certificates that were renewed, lists with long targets. A caller who may
// ask for them gets all of them, however many there are.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Connection } from '../../cli/services/connection.ts';
import { IdentityClient } from '../../cli/services/identity-client.ts';
import { OperatorClient } from '../../cli/services/operator-client.ts';
import { MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { RunningFleet } from './running.ts';

const BY = { actor: 'test', reason: 'test' };
/** Of each kind: together more than one message may have, by what is long in them alone. */
const LONG = 4096;
const COUNT = Math.ceil(MAX_MESSAGE_BYTES / LONG) + 1;
const long = (i: number) => `${i}`.padStart(LONG, 'x');
const all = Array.from({ length: COUNT }, (_, i) => i);

let running: RunningFleet;
let connection: Connection;

beforeAll(async () => {
  running = await RunningFleet.start();
  const { store } = running;
  const admin = await running.fleet.operator('admin');
  await running.addOperator('admin', 'admin', admin);
  const secretHash = createHash('sha256').digest();
  const expiresMs = Date.now() + 3_600_000;
  const list = { action: 'block', selector: { kind: 'all' }, chunks: [], dryRun: false } as const;
  const claim = { ...list, origin: 'manual', expiresMs: 0 };
  const token = { secretHash, expiresMs, maxUses: 1, hostName: '' };
  const login = { secretHash, expiresMs, name: 'oscar', role: 'viewer', ttlMs: 86_400_000 } as const;
  await Promise.all(
    all.flatMap((i): Promise<unknown>[] => [
      store.createToken({ ...token, id: `t${i}`, labels: { long: long(i) } }, BY),
      store.createOperatorToken({ ...login, id: `l${i}` }, { ...BY, actor: long(i) }),
      store.addOperator({ name: long(i), role: 'viewer', serial: `s${i}`, expiresMs }, BY),
      store.replaceList({ ...BY, ...list, name: `list${i}`, reason: long(i) }),
      store.addClaims({ ...BY, ...claim, prefixes: [parsePrefix(`198.18.${i >> 8}.${i & 255}`)], reason: long(i) }),
      store.addClaims({
        ...{ ...BY, ...claim, prefixes: [parsePrefix(`198.19.${i >> 8}.${i & 255}`)], reason: long(i) },
        confirm: { id: `${i}`, deadlineMs: expiresMs + i },
      }),
    ]),
  );
  await running.serve();
  const credentials = { ...admin, path: 'none', context: 'default', controller: running.address };
  connection = new Connection(credentials, new AbortController().signal);
});
const operators = () =>
  new OperatorClient(connection, () => {
    throw new Error('nothing is waited for');
  });

afterAll(async () => {
  connection.close();
  await running.stop();
});

it('faults row 122: tokens, login tokens and certificates', async () => {
  const client = new IdentityClient(connection);
  expect(await client.listTokens()).toHaveLength(COUNT);
  expect(await client.listOperatorTokens()).toHaveLength(COUNT);
  const operators = await client.listOperators();
  expect(operators.filter(({ role }) => role === 'viewer')).toHaveLength(COUNT);
});

it('faults row 122: lists and single claims', async () => {
  const client = operators();
  let claims = 0;
  for await (const batch of client.listEntries({})) claims += batch.length;
  expect(claims).toBe(2 * COUNT);
  const names = (await client.listLists()).map(({ name }) => name);
  expect(names.sort()).toEqual(all.map((i) => `list${i}`).sort());
});

it('faults row 62: pending confirmations and what a revocation ended, cut to one message', async () => {
  const { confirmations } = await operators().listConfirmations();
  expect(confirmations.length).toBeGreaterThan(COUNT / 2);
  expect(confirmations.map(({ id }) => id)).toEqual(all.slice(0, confirmations.length).map(String));
  const { tokens } = await new IdentityClient(connection).revokeOperator({ name: 'oscar' });
  expect(tokens.length).toBeGreaterThan(0);
  expect(tokens.length).toBeLessThan(COUNT);
});
