// CrowdSec's own firewall bouncer, as Debian has it, enforces this list: it believes to speak with a LAPI.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab, OTHER } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';
import { peer } from './peers.ts';

const reason = Lab.whyNot();
const HTTP = '127.0.0.1:7444';
/** Where the bouncer runs: nobody blocks anything there but it. */
const GUARDED = '192.168.1.10';

describe.skipIf(reason)(`a firewall bouncer${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let bouncer: Program | undefined;

  async function startBouncer(): Promise<void> {
    const key = (await lab.fleetblock('apikey', 'create', `bouncer${Date.now()}`, '--role', 'viewer')).stdout.trim();
    const config = join(lab.directory, 'bouncer.yaml');
    await writeFile(
      config,
      `mode: nftables
update_frequency: 1s
log_mode: stdout
log_level: info
api_url: http://${HTTP}/
api_key: ${key}
deny_action: DROP
nftables:
  ipv4: { enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain }
  ipv6: { enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain }
`,
    );
    await chmod(config, 0o600);
    bouncer = new Program({
      namespace: lab.controllerStation.namespace,
      command: [peer('usr/bin/crowdsec-firewall-bouncer'), '-c', config],
      logFile: join(lab.directory, 'bouncer.log'),
    });
  }

  beforeAll(async () => {
    lab = await Lab.create({ hosts: 0, controllerFlags: ['--http', HTTP, '--http-plain'] });
    await lab.fleetblock('block', BAD, '--all-hosts', '-R', 'scan');
    await lab.fleetblock('block', OTHER, '--all-hosts', '-d', '1h');
    await startBouncer();
  });
  afterAll(async () => {
    await bouncer?.end('SIGTERM');
    await lab?.close();
  });

  const drops = (source: string, dropped: boolean) =>
    until(`${source} to be ${dropped ? 'dropped' : 'passed'}`, async () => {
      if (!bouncer?.running) throw new Error(`the bouncer ended: ${await bouncer?.log()}`);
      return (await lab.attacker.reaches(source, GUARDED, { count: 1 })) !== dropped ? true : undefined;
    }).catch(async (error: unknown) => {
      throw new Error(`${await bouncer?.log()}`, { cause: error });
    });

  test('what was blocked before it began is dropped, what comes later too, and what ends is passed', async () => {
    await drops(BAD, true);
    await drops(OTHER, true);
    expect(await lab.attacker.reaches(GOOD, GUARDED)).toBe(true);
    await lab.fleetblock('block', GOOD, '--all-hosts');
    await drops(GOOD, true);
    await lab.fleetblock('unblock', BAD);
    await drops(BAD, false);
  });

  test('what an allow entry covers is no ban, and one again when it goes', async () => {
    await lab.fleetblock('allow', 'add', GOOD, '--all-hosts');
    await drops(GOOD, false);
    await lab.fleetblock('allow', 'rm', GOOD);
    await drops(GOOD, true);
  });

  test('a controller that is away and comes back empties nothing, and what ended meanwhile ends', async () => {
    // It must not hear of it before.
    if (bouncer) process.kill(bouncer.pid, 'SIGSTOP');
    await lab.fleetblock('unblock', OTHER);
    await lab.stopController('SIGKILL');
    expect(await lab.attacker.reaches(GOOD, GUARDED)).toBe(false);
    await lab.startController();
    if (bouncer) process.kill(bouncer.pid, 'SIGCONT');
    await lab.fleetblock('block', BAD, '--all-hosts');
    await drops(BAD, true);
    await drops(OTHER, false);
    expect(await lab.attacker.reaches(GOOD, GUARDED)).toBe(false);
  });
});
