// Where Ansible runs: in the network of the lab's controller, with an inventory and a key of its own, over SSH to machines that are booted.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { inside, toolPath } from '../../lab/namespaces.ts';

const SITE = fileURLToPath(new URL('../../deploy/ansible/site.yml', import.meta.url));
const TOOLS = fileURLToPath(new URL('../../scripts/package/tools.sh', import.meta.url));

/** What a run of a playbook said, and its figures by host. */
export interface Played {
  readonly exitCode: number;
  readonly output: string;
  readonly recap: Readonly<Record<string, { readonly changed: number; readonly failed: number }>>;
}

export class ControlNode {
  readonly #directory: string;
  readonly #namespace: string;

  private constructor(directory: string, namespace: string) {
    this.#directory = directory;
    this.#namespace = namespace;
  }

  /** Installs Ansible, and makes a key. @param directory where to keep everything; made here */
  static async make(directory: string, namespace: string): Promise<ControlNode> {
    await execa('sh', [TOOLS, 'ansible-core', 'openssh-client']);
    mkdirSync(directory, { recursive: true });
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    return new ControlNode(directory, namespace);
  }

  /** Makes root of a machine, in which openssh-server is installed, reachable at `address`. */
  trust(root: string, address: string): void {
    mkdirSync(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 });
    copyFileSync(join(this.#directory, 'key.pub'), join(root, 'root/.ssh/authorized_keys'));
    const key = readFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8');
    writeFileSync(join(this.#directory, 'known_hosts'), `${address} ${key}`);
  }

  /** Runs deploy/ansible/site.yml with that inventory. */
  async play(inventory: object, ...options: string[]): Promise<Played> {
    const file = join(this.#directory, 'inventory.yml');
    writeFileSync(file, stringify(inventory));
    const [program, args] = inside(this.#namespace, ['ansible-playbook', '-i', file, SITE, ...options]);
    const known = `-o UserKnownHostsFile=${join(this.#directory, 'known_hosts')}`;
    const { exitCode, all } = await execa(program, args, {
      env: {
        PATH: toolPath,
        LC_ALL: 'C.UTF-8',
        HOME: this.#directory,
        ANSIBLE_PRIVATE_KEY_FILE: join(this.#directory, 'key'),
        ANSIBLE_PIPELINING: 'true',
        ANSIBLE_NOCOLOR: 'true',
        // One connection, which ends with the namespace at the latest.
        ANSIBLE_SSH_ARGS: `-o ControlMaster=auto -o ControlPersist=60s ${known}`,
        ANSIBLE_SSH_CONTROL_PATH_DIR: join(this.#directory, 'ssh'),
      },
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
      timeout: 600_000,
    });
    const lines = all.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm);
    const recap = [...lines].map(
      ([, host = '', changed, unreachable, failed]) =>
        [host, { changed: Number(changed), failed: Number(unreachable) + Number(failed) }] as const,
    );
    return { exitCode: exitCode ?? -1, output: all, recap: Object.fromEntries(recap) };
  }
}
