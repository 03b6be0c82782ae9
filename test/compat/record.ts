// Records a release: `record.ts FILE` runs the life of a host between the real agent and the real controller, through a relay that writes
// down what either sends.
import { type HostIdentity, SyncFleet, until } from '../sync/fleet.ts';
import { RecordedAgent } from './agent.ts';
import { ControllerEnds, type End, hostEnd } from './ends.ts';
import { type LivingHost, live } from './recorded-life.ts';
import { fromController, type Step, stepOf, writeTrace } from './trace.ts';

/** Passes messages on in both directions and keeps them. */
class Relay implements LivingHost {
  readonly name: string;
  readonly sessions: Step[][] = [];
  readonly #fleet: SyncFleet;
  readonly #identity: HostIdentity;
  readonly #front: ControllerEnds;
  readonly #agent: RecordedAgent;
  #open: readonly End[] = [];

  constructor(fleet: SyncFleet, identity: HostIdentity, front: ControllerEnds) {
    this.name = identity.hostName;
    this.#fleet = fleet;
    this.#identity = identity;
    this.#front = front;
    this.#agent = new RecordedAgent(front);
  }

  async connect(): Promise<void> {
    const session: Step[] = [];
    this.sessions.push(session);
    const agent = await this.#front.next();
    const controller = hostEnd(this.#fleet.address, this.#identity);
    this.#open = [agent, controller];
    void this.#pass('agent', agent, controller, session);
    void this.#pass('controller', controller, agent, session);
    await this.#said('status', async () => (await this.#fleet.operator.host(this.name)).status === 'synced');
  }

  async cut(): Promise<void> {
    for (const end of this.#open) end.close();
    await until('the host to be gone', async () => (await this.#fleet.operator.host(this.name)).status === 'offline');
  }

  ponged(): Promise<void> {
    return this.#said('pong');
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
    this.#front.close();
  }

  #said(kind: string, holds: () => Promise<boolean> = async () => true): Promise<void> {
    const said = () => this.sessions.at(-1)?.some((step) => step.kind === kind) ?? false;
    return until(`a ${kind}`, async () => said() && (await holds()));
  }

  async #pass(from: Step['from'], source: End, target: End, session: Step[]): Promise<void> {
    for await (const bytes of source.messages) {
      const step = stepOf(from, bytes);
      session.push(step);
      target.send(bytes);
      if (from === 'controller' && fromController(bytes).dropWatch?.intervalMs) void this.#agent.drop();
    }
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: record.ts FILE');
const fleet = await SyncFleet.start({ hub: { silenceLimitMs: 3000 } });
const relay = new Relay(fleet, await fleet.enroll('host1'), await ControllerEnds.listen());
const seen = await live(fleet, relay);
writeTrace(file, relay.sessions);
process.stdout.write(`${JSON.stringify(seen, undefined, 2)}\n`);
await relay.stop();
await fleet.stop();
