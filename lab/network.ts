// The lab's wires: one switch (a bridge in a namespace of its own, so that the machine's own network stays untouched) and
// stations on it, each a namespace with one interface, eth0.
import { addNamespace, deleteNamespace, ip, ipBatch } from './namespaces.ts';

/** Addresses in CIDR form; the first is the station's own, more are for speaking as several sources. */
export interface StationPlan {
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface Station {
  readonly name: string;
  /** As `ip netns` and /run/netns know it. */
  readonly namespace: string;
  readonly interface: 'eth0';
}

export class LabNetwork {
  readonly #prefix: string;
  readonly #namespaces: string[] = [];
  #ports = 0;

  /** @param prefix starts the name of every namespace of this lab */
  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  static async create(prefix: string): Promise<LabNetwork> {
    const network = new LabNetwork(prefix);
    await network.#addNamespace(network.#switch);
    // Ports forward at once: the forwarding delay of a real spanning tree would only slow the lab down.
    await ipBatch(network.#switch, ['link add br0 type bridge forward_delay 0', 'link set br0 up']);
    return network;
  }

  async addStation(plan: StationPlan): Promise<Station> {
    const namespace = `${this.#prefix}-${plan.name}`;
    const port = `port${this.#ports++}`;
    await this.#addNamespace(namespace);
    await ip('-n', namespace, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', this.#switch);
    await ipBatch(namespace, [
      ...plan.addresses.map((address) => `address add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`),
      'link set eth0 up',
    ]);
    await ipBatch(this.#switch, [`link set ${port} master br0`, `link set ${port} up`]);
    return { name: plan.name, namespace, interface: 'eth0' };
  }

  /** Pulls the station's cable (or plugs it in again): the switch's end goes down. */
  async setCable(station: Station, plugged: boolean): Promise<void> {
    const port = await this.#portOf(station);
    await ip('-n', this.#switch, 'link', 'set', port, plugged ? 'up' : 'down');
  }

  /**
   * Lets the switch pass on what the station sends and is sent, or swallow all of it: its cable stays plugged, so that neither end
   * is told.
   */
  async setPassing(station: Station, passing: boolean): Promise<void> {
    const port = await this.#portOf(station);
    await ip('-n', this.#switch, 'link', 'set', port, ...(passing ? ['master', 'br0'] : ['nomaster']));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#namespaces.splice(0).map(deleteNamespace));
  }

  get #switch(): string {
    return `${this.#prefix}-switch`;
  }

  async #addNamespace(name: string): Promise<void> {
    this.#namespaces.push(name);
    await addNamespace(name);
  }

  async #portOf(station: Station): Promise<string> {
    // The peer's index stands after the @ of `eth0@if7`.
    const line = await ip('-n', station.namespace, '-o', 'link', 'show', 'eth0');
    const index = /eth0@if([0-9]+)/.exec(line)?.[1];
    const ports = await ip('-n', this.#switch, '-o', 'link', 'show');
    const port = new RegExp(`^${index}: ([^@:]+)`, 'm').exec(ports)?.[1];
    if (port === undefined) throw new Error(`no switch port for ${station.name}`);
    return port;
  }
}
