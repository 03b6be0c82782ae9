// Operators' credentials renew themselves while they are used, until they are revoked, as long as their role allows it.
import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runHere } from '../../cli/support/cli.ts';
import { RunningFleet } from '../running.ts';

const HOUR = 3_600_000;
let running: RunningFleet;
let home: string;

beforeAll(async () => {
  running = await RunningFleet.start();
  await running.serve();
});
afterAll(() => running.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fleetblock-operator-renewal-'));
  return () => {
    running.fleet.clock.offsetMs = 0;
    rmSync(home, { recursive: true, force: true });
  };
});

/** Both clocks are set forward; TLS uses the machine's. */
function at(hours: number): void {
  running.fleet.clock.offsetMs = hours * HOUR;
}
const run = (path: string, ...args: string[]) =>
  runHere(args, {
    env: { FLEETBLOCK_CONFIG: path, FLEETBLOCK_CONTROLLER: running.address },
    now: running.fleet.clock.wallMs(),
  });
const admin = () => join(running.dataDir, 'operators', 'admin.yaml');

async function credentialsOf(name: string, role = 'viewer'): Promise<string> {
  const path = join(home, `${name}.yaml`);
  const made = await run(admin(), 'operator', 'create', name, '--role', role, '-d', '12h', '--out', path);
  expect(made.exitCode, made.stderr).toBe(0);
  return path;
}
const context = (path: string): Record<string, string> => parse(readFileSync(path, 'utf8')).contexts.lab;
const serial = (path: string) => new X509Certificate(context(path).certificate ?? '').serialNumber.toLowerCase();

describe('faults row 77: credentials that are used', () => {
  it('are renewed in the second half of their life, once, for a new key, and the file keeps the rest', async () => {
    const path = await credentialsOf('vera');
    writeFileSync(path, `${readFileSync(path, 'utf8')}# mine\nnote: ours\n`, { mode: 0o600 });
    const before = context(path);
    at(5);
    expect((await run(path, 'lists')).exitCode).toBe(0);
    expect(context(path)).toEqual(before);
    at(7);
    expect(await Promise.all([run(path, 'lists'), run(path, 'lists')])).toMatchObject([
      { exitCode: 0, stderr: '' },
      { exitCode: 0, stderr: '' },
    ]);
    const after = context(path);
    expect(after.key).not.toBe(before.key);
    expect(after).toMatchObject({ ca: before.ca, fleet: 'lab', operator: 'vera' });
    expect(new X509Certificate(after.certificate ?? '').subjectAltName).toBe('URI:spiffe://lab/operator/viewer/vera');
    expect(readFileSync(path, 'utf8')).toMatch(/# mine\nnote: ours\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['vera.yaml']);
    expect(await run(path, 'lists')).toMatchObject({ exitCode: 0 });
    expect(context(path)).toEqual(after);
    expect((await running.store.operators()).filter(({ name }) => name === 'vera')).toHaveLength(2);
  });

  it('are revoked by the serial of any of them, renewals and all, and no others of that name', async () => {
    const path = join(home, 'first.yaml');
    renameSync(await credentialsOf('resi'), path);
    const stolen = serial(path);
    const other = await credentialsOf('resi', 'operator');
    at(7);
    await run(path, 'lists');
    expect(serial(path)).not.toBe(stolen);
    expect((await run(admin(), 'operator', 'revoke', '--serial', stolen)).exitCode).toBe(0);
    expect((await run(path, 'lists')).exitCode).toBe(4);
    expect((await run(other, 'lists')).exitCode).toBe(0);
  });

  it('are not renewed once they are revoked, and revoking the name ends what was renewed', async () => {
    const path = await credentialsOf('rita');
    at(7);
    await run(path, 'lists');
    expect((await running.store.operators()).filter(({ name }) => name === 'rita')).toHaveLength(2);
    expect((await run(admin(), 'operator', 'revoke', 'rita')).stdout).toBe('revoked 2 certificates of rita\n');
    const first = serial(path);
    expect((await run(path, 'lists')).exitCode).toBe(4);
    expect(serial(path)).toBe(first);
  });

  it('cost nothing when the file cannot be replaced: the command still does its work', async () => {
    const path = await credentialsOf('otto');
    writeFileSync(`${path}.renewing`, '');
    at(10);
    expect(await run(path, 'lists')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(`${path}.renewing`)).toBe(true);
    expect((await running.store.operators()).filter(({ name }) => name === 'otto')).toHaveLength(1);
  });
});
