// Debian's fail2ban on one of three hosts: from its decision (its own line "Ban") until the kernels of all three hold the ban, by each of
// the two actions.
import { askAgent } from '../agent/local/local-socket.ts';
import { readAnswer } from '../agent/local/status-schema.ts';
import { Fail2ban, type Jail } from '../lab/fail2ban.ts';
import { Lab } from '../lab/lab.ts';

const ROUNDS = 21;

await using lab = await Lab.create({ hosts: 3 });
await lab.startHosts();
await lab.json(0, 'detector', 'set', 'fail2ban:*', '--scope', 'fleet', '--rate', '1000000', '--max-claims', '100000');
const fail2ban = await Fail2ban.on(lab, lab.host(1));
await fail2ban.start();
let held = 0;
try {
  for (const jail of ['process', 'inside'] as const) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) took.push(await ban(jail, `203.0.113.${round + 1 + held}`));
    held += ROUNDS;
    took.sort((a, b) => a - b);
    console.log(
      `fail2ban, jail ${jail}: Ban to 3 kernels: p50 ${took[took.length >> 1]} ms, most ${took.at(-1)} ms (${ROUNDS} bans)`,
    );
  }
} finally {
  await fail2ban.stop();
}

async function ban(jail: Jail, source: string): Promise<number> {
  const { entries } = await status(1);
  const done = fail2ban.client('set', jail, 'banip', source);
  let heldMs = 0;
  while (heldMs === 0) if (await allHold(entries + 1)) heldMs = Date.now();
  await done;
  // Of the same machine's clock.
  const [, date = '', time = '', ms = ''] =
    new RegExp(`^(\\S+) (\\S+),(\\d+) .*\\[${jail}\\] Ban ${source.replaceAll('.', '\\.')}$`, 'm').exec(
      await fail2ban.log(),
    ) ?? [];
  return heldMs - Date.parse(`${date}T${time}.${ms}Z`);
}

async function allHold(entries: number): Promise<true | undefined> {
  for (const [i] of lab.hosts.entries()) if ((await status(i + 1)).entries < entries) return undefined;
  return true;
}

async function status(host: number) {
  return readAnswer(await askAgent(lab.host(host).stateDir, 'status'));
}
