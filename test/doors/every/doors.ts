// Every door through which claims are written, as those who use it do.
import { packEntries } from '../../../common/entries/packed.ts';
import type { ClientIdentity } from '../../../common/rpc/channel.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import type { NewFeed } from '../../../controller/feeds/feeds.ts';
import { runHere } from '../../cli/support/cli.ts';
import { ListServer } from '../../feeds/fleet.ts';
import { ask, OPERATOR } from '../../http/client.ts';
import { makeKey } from '../../http/keys.ts';
import type { RunningFleet } from '../../identity/running.ts';
import { until } from '../../sync/fleet.ts';
import { Operator } from '../../sync/operator.ts';
import type { TapHost } from '../../sync/simulated/tap-host.ts';
import { post, SECRET } from '../signed.ts';
import { allOrNothing, eachByItself, prefixesOf, type Said, type Statement, wholeOrNothing } from './statements.ts';

/** What detectors may block at a time. */
export const MAX_CLAIMS = 24;
export const MAX_DURATION_MS = 3_600_000;

export interface WritingDoor {
  readonly name: string;
  /** Whose claims it writes, or its list's. */
  readonly origin: string;
  /** As the audit has it. */
  readonly actor: string;
  /** Only single addresses with an end. */
  readonly detector?: boolean;
  /** How often it is used; default 3. */
  readonly weight?: number;
  /** Says it, and has the answer: refused or not. */
  say(statement: Statement): Promise<unknown>;
  /** What it holds afterwards. */
  model(before: ReadonlySet<string>, statement: Statement): ReadonlySet<string>;
}

export interface DoorsDeps {
  readonly running: RunningFleet;
  readonly admin: ClientIdentity;
  readonly operator: ClientIdentity;
  readonly host: TapHost;
  readonly hostId: string;
}

const texts = ({ said }: Statement) => said.map(({ text }) => text);
const target = { allHosts: true };

/** All of them, and what is to be closed. */
export async function everyDoor(deps: DoorsDeps): Promise<{ doors: WritingDoor[]; close: () => Promise<void> }> {
  const { running } = deps;
  const operator = new Operator(running.address, deps.operator);
  const server = await ListServer.start();
  const feeds = await Promise.all(Object.keys(WRITTEN).map((format) => feedDoor(deps, server, format)));
  const doors = [
    grpcDoor(operator),
    importDoor(operator),
    await keyDoor(deps),
    ...feeds,
    await lapiDoor(deps, server),
    reportDoor(deps),
    webhookDoor(deps),
    applyDoor(deps),
  ];
  return {
    doors,
    close: async () => {
      operator.close();
      await server.close();
    },
  };
}

/** A refusal is an answer. */
function answered(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}

function grpcDoor(operator: Operator): WritingDoor {
  return {
    name: 'Block over gRPC',
    origin: 'manual',
    actor: 'operator/olga',
    say: (statement) => {
      const { over, seconds, abuse } = statement;
      const ttlMs = `${seconds * 1000}`;
      const force = abuse !== 'none';
      return answered(
        over
          ? operator.unblock(texts(statement), { origin: force ? 'list:victim' : 'manual', wait: null })
          : operator.block(texts(statement), { ttlMs, force, wait: null }),
      );
    },
    model: allOrNothing,
  };
}

function importDoor(operator: Operator): WritingDoor {
  return {
    name: 'ImportList over gRPC',
    origin: 'list:imported',
    actor: 'operator/olga',
    say: ({ said, abuse }) => {
      const entries = said.flatMap(({ text, kind }) =>
        kind === 'junk' ? [] : [{ prefix: parsePrefix(text), action: 'block' as const, ttlMs: 0 }],
      );
      return answered(operator.importList('imported', [packEntries(entries)], { force: abuse !== 'none', wait: null }));
    },
    // Text is read by the CLI: there is no junk in columns.
    model: (before, statement) => {
      const said = statement.said.filter(({ kind }) => kind !== 'junk');
      return statement.abuse === 'none' ? wholeOrNothing(before, { ...statement, said }) : before;
    },
  };
}

async function keyDoor({ running, admin }: DoorsDeps): Promise<WritingDoor> {
  const key = await makeKey(running, { name: 'siem', role: 'operator', origin: 'siem' }, admin);
  return {
    name: 'Block over HTTP with a bound key',
    origin: 'siem',
    actor: 'apikey/siem',
    say: (statement) => {
      const { over, abuse, seconds } = statement;
      const asked = {
        prefixes: texts(statement),
        ...(!over && { target, ttlMs: `${seconds * 1000}` }),
        ...(abuse === 'force' && (over ? { origin: 'list:victim' } : { force: true })),
        ...(abuse === 'origin' && { origin: 'manual' }),
        ...(abuse === 'allow' && { action: 'ACTION_ALLOW' }),
      };
      return ask(running, `${OPERATOR}${over ? 'Unblock' : 'Block'}`, asked, { key });
    },
    model: allOrNothing,
  };
}

/** A list in a form, and where in it the addresses are. */
const WRITTEN: Readonly<Record<string, { readonly at?: string; write(rows: readonly string[]): string }>> = {
  plain: { write: (rows) => rows.join('\n') },
  csv: { at: 'ip', write: (rows) => ['ip,why', ...rows.map((row) => `${row},scan`)].join('\n') },
  json: { at: '/data/*/ip', write: (rows) => JSON.stringify({ data: rows.map((ip) => ({ ip })) }) },
  counted: { write: (rows) => rows.map((row) => `${row}\t7`).join('\n') },
  geofeed: { write: (rows) => rows.map((row) => `${row},DE,,,`).join('\n') },
  nginx: { write: (rows) => rows.map((row) => `deny ${row};`).join('\n') },
  spamhaus: {
    write: (rows) =>
      [...rows.map((cidr) => ({ cidr })), { type: 'metadata', records: rows.length }]
        .map((row) => JSON.stringify(row))
        .join('\n'),
  },
};

const FEED: Omit<NewFeed, 'name' | 'url' | 'format'> = {
  ...{ target: 'all', action: 'block', everyMs: 30 * 86_400_000, at: '', skipInvalid: 0, skipRefused: false },
  ...{ keyHeader: '', allowPrivate: true, haltDrops: 0, reason: '' },
};
const ADMIN = { role: 'admin', id: 'alice', actor: 'admin/alice', serial: '', from: '' } as const;

/** What is held of it as unusual is meant. */
async function refreshed({ running }: DoorsDeps, name: string): Promise<unknown> {
  const { feeds } = running.server.controller;
  const { outcome } = await feeds.refresh(name, { accept: false, dryRun: false, ignoreHosts: [] }, ADMIN);
  return outcome.kind === 'held'
    ? answered(feeds.refresh(name, { accept: true, dryRun: false, ignoreHosts: [] }, ADMIN))
    : outcome;
}

async function feedDoor(deps: DoorsDeps, server: ListServer, format: string): Promise<WritingDoor> {
  const { at = '', write = () => '' } = WRITTEN[format] ?? {};
  const name = `feed-${format}`;
  server.text('');
  await deps.running.server.controller.feeds.add({ ...FEED, name, url: server.url, format, at }, '', ADMIN, false);
  return {
    name: `a feed of ${format}`,
    origin: `list:${name}`,
    actor: `feed/${name}`,
    weight: 1,
    say: (statement) => {
      server.text(write(texts(statement)));
      return refreshed(deps, name);
    },
    model: wholeOrNothing,
  };
}

/** A LAPI as `decisions/stream` has it: everything once it is asked for with startup, then what came and went. */
async function lapiDoor(deps: DoorsDeps, server: ListServer): Promise<WritingDoor> {
  const decisions = new Map<number, { said: Said; seconds: number }>();
  let [added, deleted]: [number[], number[]] = [[], []];
  let last = 0;
  const row = (id: number) => {
    const { said, seconds } = decisions.get(id) ?? { said: { text: '' }, seconds: 60 };
    const scope = said.text.includes('/') ? 'Range' : 'Ip';
    return { id, type: 'ban', scope, value: said.text, duration: `${seconds}s`, origin: 'crowdsec' };
  };
  const answer: ListServer['answer'] = (request, response) => {
    const all = request.url?.includes('startup=true');
    const answer = { new: (all ? [...decisions.keys()] : added).map(row), deleted: all ? [] : deleted.map(row) };
    [added, deleted] = [[], []];
    for (const id of [...decisions.keys()]) if (decisions.get(id)?.seconds === 0) decisions.delete(id);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  server.answer = answer;
  const spec = {
    ...FEED,
    name: 'lapi',
    url: server.url.replace('/list.txt', '/'),
    format: 'crowdsec',
    skipRefused: true,
  };
  await deps.running.server.controller.feeds.add(spec, 'key-of-lapi', ADMIN, false);
  return {
    name: 'decisions of a LAPI',
    origin: 'list:lapi',
    actor: 'feed/lapi',
    say: async ({ said, over, seconds }) => {
      server.answer = answer;
      for (const each of said)
        if (!over) {
          // Longer than this test runs.
          decisions.set(++last, { said: each, seconds: seconds + 36_000 });
          added.push(last);
        } else
          for (const [id, known] of decisions) {
            if (known.said.text !== each.text) continue;
            decisions.set(id, { ...known, seconds: 0 });
            deleted.push(id);
          }
      return refreshed(deps, 'lapi');
    },
    model: (before, { said, over }) => {
      const about = said.filter(({ kind }) => kind !== 'junk' && kind !== 'guarded');
      const prefixes = prefixesOf({ said: about, over, seconds: 0, abuse: 'none' });
      return new Set(over ? [...before].filter((each) => !prefixes.includes(each)) : [...before, ...prefixes]);
    },
  };
}

function reportDoor({ host, hostId }: DoorsDeps): WritingDoor {
  let due = 0;
  return {
    name: "a host's report",
    origin: 'fail2ban:sshd',
    actor: `agent/${hostId}`,
    detector: true,
    say: async ({ said, over, seconds, abuse }) => {
      const source = { none: 'fail2ban:sshd', force: 'manual', allow: 'hook:siem', origin: 'list:victim' }[abuse];
      const rows = said.map(({ text }) => ({ prefix: text, ttlMs: `${seconds * 1000}` }));
      host.send({ reports: { source, unban: over, rows } });
      due++;
      await until('answered', () => host.ended !== undefined || host.of('reportsAnswer').length >= due);
      if (host.ended) throw host.ended;
    },
    // The host's own claim of each counts: alone it may have half of all.
    model: (before, statement) =>
      statement.abuse === 'none' ? eachByItself(before, statement, MAX_CLAIMS / 2) : before,
  };
}

function webhookDoor({ running }: DoorsDeps): WritingDoor {
  return {
    name: 'a webhook',
    origin: 'hook:siem',
    actor: 'hook/siem',
    detector: true,
    say: ({ said, over, seconds, abuse }) => {
      const rows = said.map(({ text }) => ({ ip: text, for: seconds, over, origin: 'manual', force: true }));
      return abuse === 'none' ? post(running, 'siem', rows) : post(running, 'siem', rows, { 'webhook-id': SECRET });
    },
    model: (before, statement) => (statement.abuse === 'none' ? eachByItself(before, statement, MAX_CLAIMS) : before),
  };
}

function applyDoor({ running }: DoorsDeps): WritingDoor {
  return {
    name: 'apply',
    origin: 'apply:edge',
    actor: 'admin/admin',
    say: (statement) =>
      runHere(['apply', '-f', '-', '--prune', '--no-wait'], {
        stdin: JSON.stringify({ name: 'edge', claims: [{ prefixes: texts(statement), allHosts: true }] }),
        env: {
          FLEETBLOCK_CONFIG: `${running.dataDir}/operators/admin.yaml`,
          FLEETBLOCK_CONTROLLER: running.address,
        },
      }),
    model: wholeOrNothing,
  };
}
