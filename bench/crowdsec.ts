// What Debian's CrowdSec decides, in the kernels of three hosts: one decision, with CrowdSec's own firewall bouncer (as Debian configures it)
// on the same LAPI beside it, and 20,000 from the last byte of LAPI's answer. `cscli` itself, which takes longer, is no part.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { askAgent } from '../agent/local/local-socket.ts';
import { readAnswer } from '../agent/local/status-schema.ts';
import { Lab } from '../lab/lab.ts';
import { Program, until } from '../lab/program.ts';
import { peer } from '../test/doors/peers.ts';
import { RealLapi } from '../test/doors/real-lapi.ts';
import { report, stats } from './report.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const MANY = Number(process.env.MANY ?? 20_000);
const RELAY = 18_081;

await using lab = await Lab.create({ hosts: 3, programs: 'dist' });
await lab.startHosts();
const lapi = await RealLapi.start(lab);
const { namespace } = lab.controllerStation;
const relay = new Program({
  namespace,
  command: [process.execPath, join(import.meta.dirname, 'crowdsec/relay.ts'), `${RELAY}`, new URL(lapi.url).port],
  logFile: join(lab.directory, 'relay.log'),
});
const bouncer = new Program({
  namespace,
  command: [peer('usr/bin/crowdsec-firewall-bouncer'), '-c', await bouncerConfig()],
  logFile: join(lab.directory, 'bouncer.log'),
});
const ours: number[] = [];
const theirs: number[] = [];
let many = 0;
try {
  const key = join(lab.directory, 'lapi.key');
  await writeFile(key, await lapi.cscli('bouncers', 'add', 'fleetblock', '-o', 'raw'), { mode: 0o600 });
  const words = ['--format', 'crowdsec', '--key-file', key, '--allow-private', '--all-hosts', '--every', '1s'];
  await lab.json(0, 'feed', 'add', 'crowdsec', `http://127.0.0.1:${RELAY}/`, ...words);
  await until('the bouncer to be there', async () => ((await inFirewall('chain')) ? true : undefined));
  for (let round = 0; round < ROUNDS; round++) {
    const address = `203.0.113.${round + 1}`;
    const { entries } = await status(1);
    await lapi.cscli('decisions', 'add', '-i', address, '-d', '4h');
    const decidedMs = Date.now();
    const [byUs, byThem] = await Promise.all([allHold(entries + 1), firewallHas(address)]);
    ours.push(byUs - decidedMs);
    theirs.push(byThem - decidedMs);
  }
  await bouncer.end('SIGTERM');
  many = await atOnce();
} finally {
  await bouncer.end('SIGTERM');
  await relay.end('SIGTERM');
  await lapi.stop();
}
const [one, own] = [stats(ours), stats(theirs)];
report(
  'crowdsec',
  [
    {
      ...{ question: 'a decision to 3 kernels, median', value: one.median, unit: 'ms', against: "CrowdSec's bouncer" },
      ...{ ratio: one.median / own.median, limit: { relation: '<=', value: 1300 } },
    },
    { question: 'a decision to the firewall of its own bouncer, median', value: own.median, unit: 'ms' },
    {
      ...{ question: `${MANY} decisions to 3 kernels, from LAPI's answer`, value: many, unit: 'ms' },
      limit: { relation: '<=', value: 2000 },
    },
  ],
  { one, own, many },
);

/** From the last byte of LAPI's answer. */
async function atOnce(): Promise<number> {
  const file = join(lab.directory, 'decisions.json');
  const rows = Array.from({ length: MANY }, (_, i) => {
    return { duration: '4h', scope: 'ip', type: 'ban', value: `20.1.${i >> 8}.${i & 255}`, reason: 'many' };
  });
  await writeFile(file, JSON.stringify(rows));
  const { entries } = await status(1);
  // CrowdSec's own database is locked for as long as it imports, also for those who ask.
  await lab.fleetblock('feed', 'pause', 'crowdsec');
  await lapi.cscli('decisions', 'import', '-i', file);
  await lab.fleetblock('feed', 'resume', 'crowdsec');
  const heldMs = await allHold(entries + MANY);
  const answers = (await relay.log()).trim().split('\n');
  // The first that has them all.
  const first = answers.map((line) => line.split(' ').map(Number)).find(([, bytes = 0]) => bytes > MANY * 50);
  return heldMs - (first?.[0] ?? Number.NaN);
}

async function bouncerConfig(): Promise<string> {
  const config = join(lab.directory, 'bouncer.yaml');
  const key = (await lapi.cscli('bouncers', 'add', 'firewall', '-o', 'raw')).trim();
  await writeFile(
    config,
    `mode: nftables
update_frequency: 10s
log_mode: stdout
log_level: info
api_url: ${lapi.url}
api_key: ${key}
deny_action: DROP
nftables:
  ipv4: { enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain }
  ipv6: { enabled: false }
`,
  );
  await chmod(config, 0o600);
  return config;
}

async function inFirewall(text: string): Promise<boolean> {
  return (await lab.runAtController(['nft', 'list', 'table', 'ip', 'crowdsec'])).stdout.includes(text);
}

/** @returns when it was seen, Unix milliseconds */
async function firewallHas(address: string): Promise<number> {
  while (!(await inFirewall(address))) await setTimeout(50);
  return Date.now();
}

/** @returns when the kernels of all three hosts were seen to hold that many, Unix milliseconds */
async function allHold(entries: number): Promise<number> {
  for (let host = 1; host <= lab.hosts.length; )
    if ((await status(host)).entries >= entries) host++;
    else await setTimeout(20);
  return Date.now();
}

async function status(host: number) {
  return readAnswer(await askAgent(lab.host(host).stateDir, 'status'));
}
