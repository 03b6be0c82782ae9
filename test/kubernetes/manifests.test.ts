// deploy/kubernetes: of Kubernetes' schemas, without a misspelt field, and consistent with itself, docker-compose.yml and the programs.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { type IPodSpec, Namespace, Service } from 'kubernetes-models/v1';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DIRECTORY, documents, files, kustomization, kustomized, only } from './manifests.ts';

const checkout = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

const daemon = only(DaemonSet);
const controller = only(StatefulSet);
const service = only(Service);
const policy = only(NetworkPolicy);
const pods: readonly (readonly [string, IPodSpec | undefined])[] = [
  ['agent', daemon.spec?.template.spec],
  ['controller', controller.spec?.template.spec],
];
const containers = pods.flatMap(([, pod]) => [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]);
const [agentContainer] = daemon.spec?.template.spec?.containers ?? [];
const [controllerContainer] = controller.spec?.template.spec?.containers ?? [];

const Compose = z.object({
  services: z.object({
    agent: z.object({
      user: z.string(),
      cap_add: z.array(z.string()),
      command: z.array(z.string()),
      entrypoint: z.array(z.string()),
      network_mode: z.literal('host'),
      environment: z.record(z.string(), z.string()),
      volumes: z.array(z.union([z.string(), z.object({ source: z.string(), target: z.string() })])),
    }),
    controller: z.object({ entrypoint: z.array(z.string()) }),
  }),
});
const compose = Compose.parse(parse(checkout('docker-compose.yml'), { merge: true })).services;

test('kustomization.yaml names every file, and each document is of a kind whose schema it has', () => {
  expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
  const known = [daemon, controller, service, policy, only(Namespace)];
  expect(documents.filter((each) => !known.some((one) => one === each))).toEqual([]);
  expect(only(Namespace).metadata?.name).toBe(kustomization.namespace);
});

test('the overlay of docs/deploy.md puts an image of a registry into both pods, and changes nothing else', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-overlay-'));
  onTestFinished(() => rmSync(scratch, { recursive: true }));
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const [, overlay = ''] = /```yaml\n(# kustomization\.yaml\n.*?)```/s.exec(checkout('docs/deploy.md')) ?? [];
  // What kubectl before 1.21, such as Debian 12's, calls the directories among its resources.
  const older = overlay.replace(/^resources:/m, 'bases:').replace('sha256:...', digest);
  writeFileSync(join(scratch, 'kustomization.yaml'), older);
  cpSync(DIRECTORY, join(scratch, 'fleetblock/deploy/kubernetes'), { recursive: true });
  const image = `registry.example.com/fleetblock@${digest}`;
  const expected: unknown = JSON.parse(
    JSON.stringify(documents, (key, value: unknown) => (key === 'image' ? image : value)),
  );
  expect(expected).not.toEqual(documents);
  expect(kustomized(scratch)).toEqual(expected);
});

test('no field is misspelt: the compiler knows them all', () => {
  const literal = (name: string, document: unknown) =>
    `export const ${name.toLowerCase()}: ${name} = ${JSON.stringify(document)};`;
  const source = [
    "import type { IDaemonSet, IStatefulSet } from 'kubernetes-models/apps/v1';",
    "import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';",
    "import type { INamespace, IService } from 'kubernetes-models/v1';",
    literal('IDaemonSet', daemon),
    literal('IStatefulSet', controller),
    literal('IService', service),
    literal('INetworkPolicy', policy),
    literal('INamespace', only(Namespace)),
  ].join('\n');
  const file = fileURLToPath(new URL('literals.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  host.getSourceFile = (name, ...more) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ESNext) : getSourceFile(name, ...more);
  const program = ts.createProgram([file], options, host);
  const found = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(found).toEqual([]);
});

test.each(pods)('%s: mounts are of its volumes, and every volume is mounted', (name, pod) => {
  const claims =
    name === 'controller' ? (controller.spec?.volumeClaimTemplates ?? []).map((each) => each.metadata?.name) : [];
  const volumes = [...claims, ...(pod?.volumes ?? []).map((each) => each.name)];
  const mounts = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].flatMap(
    (each) => each.volumeMounts ?? [],
  );
  expect(new Set(mounts.map((each) => each.name))).toEqual(new Set(volumes));
});

test('selectors find the pods, the service their port, and agents the service', () => {
  const labels = controller.spec?.template.metadata?.labels;
  expect(controller.spec?.selector.matchLabels).toEqual(labels);
  expect(service.spec?.selector).toEqual(labels);
  expect(policy.spec?.podSelector?.matchLabels).toEqual(labels);
  expect(daemon.spec?.selector.matchLabels).toEqual(daemon.spec?.template.metadata?.labels);
  expect(controller.spec?.serviceName).toBe(service.metadata?.name);
  // The controller's own default.
  const [, listens] = /DEFAULT_LISTEN = '0\.0\.0\.0:(\d+)'/.exec(checkout('controller/config.ts')) ?? [];
  const [port] = controllerContainer?.ports ?? [];
  expect(port?.containerPort).toBe(Number(listens));
  expect(service.spec?.ports).toMatchObject([{ port: port?.containerPort, targetPort: port?.name }]);
  expect(policy.spec?.ingress).toMatchObject([{ ports: [{ port: port?.name }] }]);
  const address = `${service.metadata?.name}.${kustomization.namespace}.svc:${listens}`;
  const [join] = daemon.spec?.template.spec?.initContainers ?? [];
  expect(join?.env).toContainEqual({ name: 'FLEETBLOCK_CONTROLLER', value: address });
  expect(controllerContainer?.env).toContainEqual({ name: 'FLEETBLOCK_ADVERTISE', value: address });
});

test('every container is of the one image, and has no more power than it needs', () => {
  for (const { image, name, securityContext } of containers) {
    expect(image, name).toBe('fleetblock');
    expect(securityContext, name).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(securityContext, name).not.toHaveProperty('privileged');
  }
  for (const [, pod] of pods) expect(pod?.securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
  const [, user] = /^USER (\d+):\1$/m.exec(checkout('Dockerfile')) ?? [];
  expect(pods[1]?.[1]?.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: Number(user),
    fsGroup: Number(user),
  });
  const added = containers.filter(({ securityContext }) => securityContext?.capabilities?.add);
  expect(added).toEqual([agentContainer]);
});

test('the agent is that of docker-compose.yml: its capabilities, command, files and settings', () => {
  const { agent } = compose;
  expect(agentContainer?.securityContext).toMatchObject({
    runAsUser: 0,
    runAsGroup: 0,
    capabilities: { add: agent.cap_add },
  });
  expect(agent.user).toBe('0:0');
  expect(agentContainer?.command).toEqual([...agent.entrypoint, ...agent.command]);
  expect(daemon.spec?.template.spec?.hostNetwork).toBe(true);
  const paths = new Map(daemon.spec?.template.spec?.volumes?.map(({ name, hostPath }) => [name, hostPath?.path]));
  const targets = agent.volumes.map((each) => (typeof each === 'string' ? (each.split(':')[1] ?? '') : each.target));
  const mounts = agentContainer?.volumeMounts?.filter(({ name }) => paths.get(name) !== undefined) ?? [];
  expect(mounts.map((each) => each.mountPath)).toEqual(targets);
  for (const volume of agent.volumes)
    if (typeof volume !== 'string')
      expect(paths.get(mounts.find((each) => each.mountPath === volume.target)?.name ?? '')).toBe(volume.source);
  for (const { name, value } of agentContainer?.env ?? [])
    expect(agent.environment[name]?.replace(/\$\{\w+:-(.*)\}/, '$1'), name).toBe(value);
  expect(controllerContainer?.command).toEqual(compose.controller.entrypoint);
});
