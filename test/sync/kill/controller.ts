// A controller without its network, to be killed: the real store, views, hub and changes; operators and hosts speak to it through
// one socket, because TLS and gRPC would take most of the time of ten thousand starts. `controller.ts DIRECTORY`, the socket is fd 3.
import { Socket } from 'node:net';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { createLogger } from '../../../common/logger.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import type { HostSession } from '../../../controller/fleet/host/host-session.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { type Change, Frames, type FromController, type ToController } from './frames.ts';
import { digestOf, rowsOf } from './lists.ts';

const HOSTS = ['h0', 'h1', 'h2', 'h3'];
const BY = { actor: 'admin/kill', reason: '' };
const CALLER = { role: 'admin', id: 'kill', actor: BY.actor, serial: '', from: 'test' } as const;

/** Little: controllers that live for a moment must come by moving it, too. */
const WAL_BYTES = 300_000;

/** The test has the patience, which does not count while everything is stopped (SIGSTOP). */
const NEVER_MS = 86_400_000;

const [, , directory = ''] = process.argv;
const sessions = new Map<string, HostSession>();

/** No top-level await: as CommonJS the program starts in half the time. */
async function start(): Promise<void> {
  const store = await openSqliteStore({
    directory,
    create: true,
    clock: systemClock,
    historyRevisions: 50,
    walBytes: WAL_BYTES,
  });
  await enrollAll(store);
  const controller = await startController({
    store,
    clock: systemClock,
    log: createLogger('kill', process.env.FLEETBLOCK_TEST_LOG ?? 'silent'),
    hub: { queueLimit: 4, concurrentSnapshots: 2, silenceLimitMs: NEVER_MS },
    network: { addresses: () => [] },
  });
  const frames = new Frames<ToController, FromController>(new Socket({ fd: 3 }), (frame) =>
    fatal(receive({ store, controller, frames }, frame)),
  );
  frames.send({ kind: 'ready', head: store.head, state: await stateOf(store) });
}

function fatal(work: Promise<void>): void {
  work.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

fatal(start());

interface Running {
  readonly store: Store;
  readonly controller: Controller;
  readonly frames: Frames<ToController, FromController>;
}

async function enrollAll(into: Store): Promise<void> {
  const there = new Set((await into.hosts()).map((host) => host.name));
  for (const name of HOSTS) {
    if (there.has(name)) continue;
    const id = `token-${process.pid}-${name}`;
    const secretHash = new Uint8Array(32);
    const expiresMs = systemClock.wallMs() + 60_000;
    await into.createToken({ id, secretHash, expiresMs, maxUses: 1, labels: {}, hostName: '' }, BY);
    await into.enroll({ tokenId: id, secretHash, hostId: name, hostName: name, labels: { env: 'a' }, from: '' });
  }
}

/** Everything, as comparable words. */
async function stateOf(of: Store): Promise<Map<string, string>> {
  const state = new Map<string, string>();
  for await (const batch of of.claims({ expired: true }))
    for (const claim of batch) state.set(formatPrefix(claim.prefix), formatSelector(claim.selector));
  for (const { name, selector } of await of.lists()) {
    const rows = [];
    for await (const each of of.listRows(name)) rows.push(each);
    state.set(`list ${name}`, `${formatSelector(selector)} ${digestOf(rows)}`);
  }
  for (const host of await of.hosts()) state.set(`env ${host.name}`, host.labels.env ?? '');
  return state;
}

async function receive({ store, controller, frames }: Running, frame: ToController): Promise<void> {
  switch (frame.kind) {
    case 'change':
      try {
        frames.send({ kind: 'answer', id: frame.id, revision: await make(store, controller, frame) });
      } catch (error) {
        if (!(error instanceof FleetblockError)) throw error;
        frames.send({ kind: 'refused', id: frame.id, text: messageOf(error) });
      }
      return;
    case 'hello': {
      const { host } = frame;
      const stream = {
        write: (bytes: Buffer) => {
          frames.send({ kind: 'message', host, bytes });
          return true;
        },
        end: (error: FleetblockError) => frames.send({ kind: 'end', host, text: error.message }),
      };
      controller.hub.connect(host, frame.hello, stream, (session) => sessions.set(host, session));
      return;
    }
    case 'ack':
      sessions.get(frame.host)?.heard();
      sessions.get(frame.host)?.onAck(frame.ack);
      return;
    case 'nack':
      sessions.get(frame.host)?.onNack(frame.nack);
      return;
    case 'pong':
      sessions.get(frame.host)?.questions.onPong(frame.nonce);
      return;
    case 'gone': {
      const session = sessions.get(frame.host);
      if (session) controller.hub.disconnect(session);
      return;
    }
    case 'settle': {
      const { pending, failed } = await controller.hub.prove(HOSTS, store.head, NEVER_MS);
      const unsettled = [...pending, ...failed.map((each) => `${each.hostId}: ${each.refusal.text}`)].join(', ');
      const digest = (host: string) => Buffer.from(controller.views.digestFor(host)).toString('hex');
      const digests = new Map(HOSTS.map((host) => [host, digest(host)] as const));
      frames.send({ kind: 'settled', id: frame.id, digests, unsettled });
      return;
    }
    case 'stop':
      // Their streams end now: what they still send goes nowhere.
      sessions.clear();
      controller.close();
      await store.close();
      process.exit(0);
  }
}

async function make(
  store: Store,
  { changes, lists }: Controller,
  { change, waitMs }: { readonly change: Change; readonly waitMs: number | undefined },
): Promise<bigint> {
  const request = { caller: CALLER, arrivedMs: performance.now(), origin: '', reason: '', dryRun: false, waitMs };
  switch (change.do) {
    case 'block': {
      const target = parseSelector(change.selector);
      const more = { target, action: 'block', ttlMs: 0, force: false, confirmMs: 0 } as const;
      return (await changes.block({ ...request, ...more, prefixes: change.prefixes })).revision;
    }
    case 'unblock': {
      const more = { target: parseSelector(change.selector), action: 'block' } as const;
      return (await changes.unblock({ ...request, ...more, prefixes: change.prefixes })).revision;
    }
    case 'import': {
      const target = parseSelector(change.selector);
      const more = { name: change.list, action: 'block', force: false, skipRefused: false } as const;
      const meant = ['SHRINKS', 'RETARGETS'] as const;
      const begun = lists.begin({ ...request, ...more, meant, target });
      for (const rows of rowsOf(change.version)) begun.add(rows);
      return (await begun.finish()).revision;
    }
    case 'remove':
      return (await lists.remove(change.list, request)).revision;
    case 'label':
      return (await store.labelHost(change.host, { env: change.env }, BY)).revision;
  }
}
