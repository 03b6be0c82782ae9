// A pod of deploy/kubernetes, run by the Docker engine as a kubelet runs it: with the security context, settings, commands, mounts and probes of the
// manifest, no other ones. What a pod says and this does not know is an error.
import { execa } from 'execa';
import type { IContainer, IPodSpec, IProbe } from 'kubernetes-models/v1';
import { z } from 'zod';
import { until } from '../../lab/program.ts';

/** What the cluster would supply. */
export interface Node {
  readonly image: string;
  /** Begins the names of containers. */
  readonly name: string;
  /** For fields of the pod: `spec.nodeName`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where volumes are, by name, instead of the paths of the manifest: a directory of the host, or a volume of the engine. */
  readonly volumes: Readonly<Record<string, string>>;
  /** More settings, as an overlay has them. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the cluster's name service says. */
  readonly names?: Readonly<Record<string, string>>;
}

const capabilities = z.strictObject({ drop: z.array(z.string()), add: z.array(z.string()).default([]) });
const Powers = z.strictObject({
  runAsUser: z.number(),
  runAsGroup: z.number(),
  // Of the pod.
  runAsNonRoot: z.literal(true).optional(),
  fsGroup: z.number().optional(),
  fsGroupChangePolicy: z.string().optional(),
  // The engine's own, which is what this means.
  seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  allowPrivilegeEscalation: z.literal(false),
  readOnlyRootFilesystem: z.literal(true),
  capabilities,
});

const docker = (...args: string[]) => execa('docker', args, { stdin: 'ignore' });

export class Pod {
  readonly #spec: IPodSpec;
  readonly #node: Node;

  constructor(spec: IPodSpec | undefined, node: Node) {
    if (spec === undefined) throw new Error('a pod is expected');
    this.#spec = spec;
    this.#node = node;
  }

  /** Runs the init containers to their end, then starts the others and waits for their startup probes. */
  async start(): Promise<void> {
    for (const container of this.#spec.initContainers ?? []) await docker('run', '--rm', ...this.#arguments(container));
    for (const container of this.#spec.containers) {
      await docker('run', '--detach', '--name', this.#nameOf(container), ...this.#arguments(container));
      await this.passes(container, container.startupProbe);
    }
  }

  /** As when a pod is deleted without grace. */
  async kill(): Promise<void> {
    await docker('rm', '--force', '--volumes', ...this.#spec.containers.map((each) => this.#nameOf(each)));
  }

  /** Runs a command in its first container. */
  exec(...words: string[]) {
    return docker('exec', this.#nameOf(this.#spec.containers[0]), ...words);
  }

  /** @returns the exit code of a probe's command, where its container runs */
  async probe(container: IContainer, probe: IProbe | undefined): Promise<number> {
    const command = probe?.exec?.command;
    if (command === undefined) throw new Error(`${container.name} has a probe that asks no program`);
    const timeout = (probe?.timeoutSeconds ?? 1) * 1000;
    const { exitCode } = await execa('docker', ['exec', this.#nameOf(container), ...command], {
      reject: false,
      timeout,
    });
    return exitCode ?? -1;
  }

  async passes(container: IContainer, probe: IProbe | undefined): Promise<void> {
    await until(`${container.name} to pass its probe`, async () => {
      if ((await this.probe(container, probe)) === 0) return true;
      const { stdout } = await docker('inspect', '--format', '{{.State.Running}}', this.#nameOf(container));
      if (stdout === 'true') return undefined;
      const { all } = await execa('docker', ['logs', this.#nameOf(container)], { all: true });
      throw new Error(`${container.name} ended: ${all}`);
    });
  }

  /** Its address in the engine's own network. */
  async address(): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return (await docker('inspect', '--format', format, this.#nameOf(this.#spec.containers[0]))).stdout;
  }

  #nameOf(container: IContainer | undefined): string {
    return `${this.#node.name}-${container?.name}`;
  }

  #arguments(container: IContainer): string[] {
    const { image, fields, env = {}, names = {} } = this.#node;
    const powers = Powers.parse({ ...this.#spec.securityContext, ...container.securityContext });
    const [entrypoint = '', ...words] = [...(container.command ?? []), ...(container.args ?? [])];
    const settings = (container.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
      const given = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''];
      if (given === undefined) throw new Error(`${container.name}: no value for ${name}`);
      return [name, given];
    });
    return [
      ...['--read-only', '--security-opt', 'no-new-privileges:true', '--no-healthcheck'],
      ...['--user', `${powers.runAsUser}:${powers.runAsGroup}`],
      ...powers.capabilities.drop.flatMap((each) => ['--cap-drop', each]),
      ...powers.capabilities.add.flatMap((each) => ['--cap-add', each]),
      ...(powers.fsGroup === undefined ? [] : ['--group-add', `${powers.fsGroup}`]),
      ...(this.#spec.hostNetwork ? ['--network', 'host'] : []),
      ...Object.entries(names).map(([name, address]) => `--add-host=${name}:${address}`),
      ...[...settings, ...Object.entries(env)].flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...(container.volumeMounts ?? []).flatMap(({ name, mountPath, readOnly }) =>
        this.#mount(name, mountPath, readOnly),
      ),
      ...['--entrypoint', entrypoint, image, ...words],
    ];
  }

  #mount(name: string, path: string, readOnly = false): string[] {
    const given = this.#node.volumes[name];
    if (given !== undefined) return ['--volume', `${given}:${path}${readOnly ? ':ro' : ''}`];
    const volume = this.#spec.volumes?.find((each) => each.name === name);
    if (volume?.emptyDir) return ['--tmpfs', path];
    throw new Error(`where is the volume ${name}?`);
  }
}
