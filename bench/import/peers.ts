// The same list by nft and by ipset, each in a network namespace of its own: what an operator would type instead.
import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../lab/namespaces.ts';

const options: ExecFileSyncOptions = { env: { PATH: toolPath }, stdio: ['ignore', 'ignore', 'inherit'] };

export class Peers {
  readonly #namespace: string;
  readonly #nft: string;
  readonly #ipset: string;

  /** Writes the list in both forms. `namespace` must not be there. */
  constructor(directory: string, namespace: string, addresses: readonly string[]) {
    this.#namespace = namespace;
    this.#nft = join(directory, 'list.nft');
    this.#ipset = join(directory, 'list.ipset');
    writeFileSync(
      this.#nft,
      `table netdev bench {\n set blocked {\n  type ipv4_addr\n  elements = { ${addresses.join(',\n')} }\n }\n chain ingress {\n  type filter hook ingress device "in0" priority 0; policy accept;\n  ip saddr @blocked drop\n }\n}\n`,
    );
    writeFileSync(
      this.#ipset,
      `create blocked hash:ip family inet hashsize 524288 maxelem ${addresses.length}\n${addresses.map((each) => `add blocked ${each}`).join('\n')}\n`,
    );
  }

  /** @returns milliseconds of the one command */
  nft(): number {
    return this.#inside(() => this.#timed('nft', '-f', this.#nft));
  }

  ipset(): number {
    return this.#inside(() => this.#timed('ipset', 'restore', '-file', this.#ipset));
  }

  #timed(...command: string[]): number {
    const started = performance.now();
    execFileSync('nsenter', [`--net=/run/netns/${this.#namespace}`, ...command], options);
    return performance.now() - started;
  }

  /** @throws Error naming the package: the peers are not part of the set-up */
  static assertThere(): void {
    for (const [command, flag, package_] of [
      ['nft', '--version', 'nftables'],
      ['ipset', '--version', 'ipset'],
    ] as const)
      if (spawnSync(command, [flag], options).status !== 0)
        throw new Error(`${command} is not here: apt-get install ${package_}`);
  }

  #inside(work: () => number): number {
    execFileSync('ip', ['netns', 'add', this.#namespace], options);
    try {
      execFileSync('ip', ['-n', this.#namespace, 'link', 'add', 'in0', 'type', 'veth', 'peer', 'name', 'in1'], options);
      return work();
    } finally {
      execFileSync('ip', ['netns', 'del', this.#namespace], options);
    }
  }
}
