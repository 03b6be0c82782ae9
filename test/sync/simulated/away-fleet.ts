// A controller and many simulated hosts in namespaces of their own, with a switch between them that can swallow everything: for what
// happens to a whole fleet that is cut off and comes back.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { LineProgram } from '../../../lab/line-program.ts';
import { inside } from '../../../lab/namespaces.ts';
import { LabNetwork, type Station } from '../../../lab/network.ts';
import { PREFIX, sweep } from '../../../lab/sweep.ts';

const CONTROLLER = '192.168.1.10';

export class AwayFleet implements AsyncDisposable {
  readonly controller: LineProgram;
  readonly #network: LabNetwork;
  readonly #agents: Station;
  readonly #programs: LineProgram[] = [];

  private constructor(network: LabNetwork, controller: Station, agents: Station) {
    this.#network = network;
    this.#agents = agents;
    this.controller = this.#program(controller, 'away-controller.ts', [CONTROLLER]);
  }

  /** All hosts are synced. */
  static async create(hosts: number, processes: number): Promise<AwayFleet> {
    await sweep();
    const network = await LabNetwork.create(`${PREFIX}-${process.pid}-${randomBytes(2).toString('hex')}`);
    try {
      const controller = await network.addStation({ name: 'controller', addresses: [`${CONTROLLER}/24`] });
      const agents = await network.addStation({ name: 'agents', addresses: ['192.168.1.20/24'] });
      const fleet = new AwayFleet(network, controller, agents);
      await fleet.#start(hosts, processes);
      return fleet;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  cut(): Promise<void> {
    return this.#network.setPassing(this.#agents, false);
  }

  heal(): Promise<void> {
    return this.#network.setPassing(this.#agents, true);
  }

  /** Hosts by the digest of what they hold, as they say themselves; and the most connections that one of them has made. */
  async digests(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const program of this.#programs.slice(1))
      for (const [digest, count] of Object.entries(Object(await program.ask('digests'))))
        sums.set(digest, (sums.get(digest) ?? 0) + Number(count));
    return sums;
  }

  /** Hosts that have a stream, as they say themselves. */
  async connected(): Promise<number> {
    let sum = 0;
    for (const program of this.#programs.slice(1)) sum += Number(await program.ask('connected'));
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()));
    await this.#network.close();
  }

  async #start(hosts: number, processes: number): Promise<void> {
    await this.controller.next();
    const { address, files } = Object(await this.controller.ask(`enroll ${hosts} ${processes}`));
    for (const file of Array.from(files, String)) {
      const agents = this.#program(this.#agents, 'agents-program.ts', [String(address), file]);
      await agents.next();
    }
    await this.controller.ask(`synced ${hosts} 180000`);
  }

  #program(station: Station, script: string, words: readonly string[]): LineProgram {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const [file, args] = inside(station.namespace, [process.execPath, path, ...words]);
    const program = new LineProgram(file, args);
    this.#programs.push(program);
    return program;
  }
}
