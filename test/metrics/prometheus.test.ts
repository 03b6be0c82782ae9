// Metrics of a controller and its agents, as a real Prometheus scrapes them and promtool judges them.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { BAD, Lab } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';
import { peer } from '../doors/peers.ts';

const CONTROLLER = '192.168.1.10:9102';
const PROMETHEUS = '127.0.0.1:9090';
/** An address that host3 gets only later. */
const LATER = '192.168.1.203';
const agentAt = (address: string) => `${address}:9103`;

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

let lab: Lab;
let prometheus: Program;

beforeAll(async () => {
  lab = await Lab.create({ hosts: 3, controllerFlags: ['--metrics', CONTROLLER] });
  for (const host of lab.hosts) {
    await lab.enroll(host);
    host.startAgent('--metrics', agentAt(host === lab.host(3) ? LATER : host.address));
  }
  await lab.synced();
  const config = join(lab.directory, 'prometheus.yml');
  const targets = {
    controller: [CONTROLLER],
    agent: [lab.host(1), lab.host(2)].map(({ address }) => agentAt(address)),
  };
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: Object.entries(targets).map(([job_name, each]) => ({
        job_name,
        static_configs: [{ targets: each }],
      })),
    }),
  );
  const data = join(lab.directory, 'prometheus');
  await mkdir(data);
  prometheus = new Program({
    namespace: lab.controllerStation.namespace,
    command: [
      peer('usr/bin/prometheus'),
      ...['--config.file', config, '--storage.tsdb.path', data, '--web.listen-address', PROMETHEUS],
    ],
    logFile: join(lab.directory, 'prometheus.log'),
  });
});

afterAll(async () => {
  await prometheus?.end('SIGKILL');
  await lab?.close();
});

/** Where the controller is. @throws what curl says */
async function get(url: string, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.runAtController(['curl', '-sS', '--fail', ...words, url]);
  if (exitCode !== 0) throw new Error(`${url}: ${stderr}`);
  return stdout;
}

const scrape = async () => ({
  controller: await get(`http://${CONTROLLER}/metrics`),
  agent: await get(`http://${agentAt(lab.host(1).address)}/metrics`),
});

/** The first value, of an instant query. */
async function query(expression: string): Promise<number | undefined> {
  const answered = await get(`http://${PROMETHEUS}/api/v1/query`, '--get', '--data-urlencode', `query=${expression}`);
  const [first] = Answer.parse(JSON.parse(answered)).data.result;
  return first && Number(first.value[1]);
}

/** Waits until Prometheus answers, and the query gives this. */
const becomes = (expression: string, value: number) =>
  until(`${expression} to be ${value}`, async () =>
    (await query(expression).catch(() => undefined)) === value ? true : undefined,
  );

test('promtool finds nothing to say about their names, types and units', async () => {
  for (const [program, text] of Object.entries(await scrape())) {
    const checked = await execa(peer('usr/bin/promtool'), ['check', 'metrics'], {
      input: `${text}\n`,
      reject: false,
      all: true,
    });
    expect(checked, program).toMatchObject({ exitCode: 0, all: '' });
  }
});

test('an agent has at most 120 series, and no address among them', async () => {
  const { agent } = await scrape();
  const series = agent.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(series.length).toBeLessThanOrEqual(120);
  expect(agent).not.toContain('192.168.');
});

test('docs/metrics.md names every one, with its type', async () => {
  const document = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8');
  const documented = [...document.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
  const { controller, agent } = await scrape();
  const served = [...`${controller}\n${agent}`.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  const ofProcesses = /^fleetblock_(agent|controller)_(process|nodejs)_/;
  expect(documented.toSorted()).toEqual(served.filter((each) => !ofProcesses.test(each)).toSorted());
});

test('Prometheus scrapes all of them, and its figures are those of the kernels', async () => {
  await becomes('sum(up)', 3);
  const blocked = await lab.fleetblock('block', BAD, '--all-hosts');
  expect(blocked.exitCode, blocked.stderr).toBe(0);
  let sent = 0;
  for (const { address } of [lab.host(1), lab.host(2)])
    sent += (await lab.attacker.ping(BAD, address, { count: 5 })).sent;
  await becomes('sum(fleetblock_agent_packets_total{verdict="dropped"})', sent);
  await becomes('sum(fleetblock_agent_entries)', 2);
  await becomes('sum(fleetblock_agent_connected)', 2);
  await becomes('sum(fleetblock_hosts{status="synced"})', 3);
  await becomes('max(fleetblock_agent_revision - on() group_left fleetblock_revision)', 0);
  await becomes('min(fleetblock_agent_certificate_expiry_timestamp_seconds > bool time())', 1);
});

test('an agent whose address for metrics is not there yet enforces, says why in its log, and serves them once it is', async () => {
  const host = lab.host(3);
  await host.logged(`cannot serve metrics on ${agentAt(LATER)}`);
  await host.run(['ip', 'address', 'add', `${LATER}/24`, 'dev', host.station.interface]);
  await until('metrics of host3', async () => get(`http://${agentAt(LATER)}/metrics`).catch(() => undefined));
});

test('an agent whose controller is gone goes on telling, and is ready', async () => {
  await lab.stopController('SIGKILL');
  await becomes('sum(fleetblock_agent_connected)', 0);
  await becomes('sum(fleetblock_agent_entries)', 2);
  expect(await get(`http://${agentAt(lab.host(1).address)}/readyz`)).toBe('ok');
});
