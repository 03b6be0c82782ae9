// The pods of deploy/kubernetes, run for real: the controller on a volume as a cluster hands it out, an agent that joins by the secret, enforces, is
// killed, and takes its datapath over again.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { DaemonSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../lab/program.ts';
import { kustomization, only } from '../kubernetes/manifests.ts';
import { inEngine, makeNeighbour, type Neighbour, whyNoEngine } from './engine.ts';
import { Pod } from './pod.ts';

const unique = `fbkube${process.pid}`;
const link = `fbk${process.pid}`;
const image = `fleetblock-test:${unique}`;
const root = fileURLToPath(new URL('../..', import.meta.url));
const pins = `/sys/fs/bpf/${unique}`;
const blocked = '192.168.7.100';
const bystander = '192.168.7.101';
const host = '192.168.7.1';

const controllerSpec = only(StatefulSet).spec?.template.spec;
const agentSpec = only(DaemonSet).spec?.template.spec;
const [agentContainer = { name: '' }] = agentSpec?.containers ?? [];
const [controllerContainer = { name: '' }] = controllerSpec?.containers ?? [];
const reason = await whyNoEngine();

describe.skipIf(reason)(`pods${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let scratch: string;
  let neighbour: Neighbour | undefined;
  let controller: Pod;
  let agent: Pod;
  const reached = async () => [await neighbour?.reaches(blocked, host), await neighbour?.reaches(bystander, host)];

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'fleetblock-pods-'));
    chmodSync(scratch, 0o755);
    await execa('docker', ['build', '--quiet', '--tag', image, '.'], { cwd: root, stdin: 'ignore' });
    neighbour = await makeNeighbour(link, `${host}/24`, [`${blocked}/24`, `${bystander}/24`]);
    // A new file system with the group that the pod asks for, as a kubelet mounts it.
    const data = join(scratch, 'data');
    mkdirSync(join(data, 'lost+found'), { recursive: true, mode: 0o700 });
    chownSync(data, 0, controllerSpec?.securityContext?.fsGroup ?? 0);
    chmodSync(data, 0o2775);
    controller = new Pod(controllerSpec, { image, name: `${unique}-0`, fields: {}, volumes: { data } });
    await controller.start();
  }, 600_000);

  afterAll(async () => {
    const steps = [
      () => agent?.exec('fleetblock-agent', 'detach'),
      () => agent?.kill(),
      () => controller?.kill(),
      () => execa('docker', ['image', 'rm', '--force', image]),
      () => neighbour?.close(),
      () => inEngine('rm', '-rf', pins),
      async () => rmSync(scratch, { recursive: true, force: true }),
    ];
    // All of them, even if an earlier one fails: nothing may stay behind.
    for (const step of steps) await step()?.catch(() => undefined);
  });

  test('the controller makes its fleet below the root of the volume, once, and is ready', async () => {
    await controller.passes(controllerContainer, controllerContainer.readinessProbe);
    await controller.kill();
    await controller.start();
    await controller.passes(controllerContainer, controllerContainer.livenessProbe);
    expect(JSON.parse((await controller.exec('fleetblock', 'hosts', '-o', 'json')).stdout)).toEqual([]);
  });

  test('an agent joins by the secret, as the node is called, and enforces', async () => {
    const [secret, state, sessions] = ['secret', 'state', 'sessions'].map((name) => join(scratch, name));
    for (const directory of [secret, state, sessions]) mkdirSync(directory ?? '', { mode: 0o755 });
    const token = (await controller.exec('fleetblock', 'token', 'create')).stdout;
    writeFileSync(join(secret ?? '', 'token'), token, { mode: 0o400 });
    agent = new Pod(agentSpec, {
      image,
      name: `${unique}-agent`,
      fields: { 'spec.nodeName': 'node7' },
      volumes: { join: secret ?? '', state: state ?? '', sessions: sessions ?? '', bpffs: '/sys/fs/bpf' },
      // The engine's own default route is not what is tested; other tests have pins, too.
      env: { FLEETBLOCK_INTERFACE: link, FLEETBLOCK_PIN_DIR: `/run/bpf/${unique}` },
      names: { [`fleetblock-controller.${kustomization.namespace}.svc`]: await controller.address() },
    });
    expect(await reached()).toEqual([true, true]);
    await agent.start();
    await agent.passes(agentContainer, agentContainer.readinessProbe);
    await until('the host to be synced', async () => {
      const hosts: unknown = JSON.parse((await controller.exec('fleetblock', 'hosts', '-o', 'json')).stdout);
      return Array.isArray(hosts) && hosts[0]?.name === 'node7' && hosts[0]?.status === 'synced' ? true : undefined;
    });
    expect((await controller.exec('fleetblock', 'block', blocked, '--all-hosts')).stdout).toContain('on 1/1 hosts');
    expect(await reached()).toEqual([false, true]);
  });

  test('a killed pod leaves the node enforcing, and the next one needs no secret', async () => {
    await agent.kill();
    expect(await reached()).toEqual([false, true]);
    rmSync(join(scratch, 'secret/token'));
    await agent.start();
    await agent.passes(agentContainer, agentContainer.livenessProbe);
    expect(await reached()).toEqual([false, true]);
    expect((await controller.exec('fleetblock', 'unblock', blocked)).stdout).toContain('1/1 hosts');
    expect(await reached()).toEqual([true, true]);
  });

  test('a probe fails for a program that hangs', async () => {
    const signal = (name: string) => execa('docker', ['kill', '--signal', name, `${unique}-0-controller`]);
    await signal('STOP');
    expect(await controller.probe(controllerContainer, controllerContainer.livenessProbe)).toBe(1);
    await signal('CONT');
    await controller.passes(controllerContainer, controllerContainer.livenessProbe);
  });
});
