// A large fleet on one machine: the controller with simulated agents over mutual TLS, each part against a floor or a bound.
// `fleet.ts [proof|hold|slow|partition]...`: all without words. FLEET_AGENTS, FLEET_ROUNDS.
import { endPrograms } from '../../lab/line-program.ts';

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

/** Loaded when it is asked for: each has processes of its own. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  proof: async () => (await import('./proof.ts')).proof(number('FLEET_AGENTS', 1000), number('FLEET_ROUNDS', 60)),
  hold: async () => (await import('./hold.ts')).hold(number('FLEET_AGENTS', 3000), number('FLEET_ROUNDS', 40)),
  slow: async () => (await import('./slow.ts')).slow(number('FLEET_AGENTS', 100), number('FLEET_CHANGES', 10_000)),
  partition: async () =>
    (await import('./partition.ts')).partition(number('FLEET_AGENTS', 1000), number('FLEET_AWAY_S', 60)),
};

const asked = process.argv.slice(2);
try {
  for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
    const part = PARTS[name];
    if (!part) throw new Error(`${name} is no part: ${Object.keys(PARTS).join(', ')}`);
    await part();
  }
} finally {
  await endPrograms();
}
process.exit(0);
