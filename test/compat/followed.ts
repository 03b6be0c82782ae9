// A controller of an earlier release, played from its record to an agent of today, byte for byte: the agent answers as the one of that
// release did.
import type { AgentMessage__Output } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import { until } from '../sync/fleet.ts';
import { RecordedAgent } from './agent.ts';
import { ControllerEnds, type End } from './ends.ts';
import { fromAgent, fromController, type Step } from './trace.ts';

/** Its answers, and those that were recorded, without what no two runs have in common: times, and the moment of a status. */
export interface Answers {
  readonly recorded: readonly unknown[];
  readonly given: readonly unknown[];
}

/** `alter`: what is sent instead of a recorded message. */
export async function follow(
  trace: readonly (readonly Step[])[],
  alter: (bytes: Buffer) => Buffer[],
): Promise<Answers> {
  const ends = await ControllerEnds.listen();
  const agent = new RecordedAgent(ends);
  const answers = { recorded: [] as unknown[], given: [] as unknown[] };
  try {
    for (const session of trace) {
      const end = await ends.next();
      const heard = new Heard(end);
      for (const { from, kind, bytes } of session) {
        if (from === 'controller') {
          for (const each of alter(bytes)) end.send(each);
          if (fromController(bytes).dropWatch?.intervalMs) await agent.drop();
        } else if (kind !== 'status') {
          answers.recorded.push(essence(fromAgent(bytes)));
          answers.given.push(essence(await heard.next(kind)));
        }
      }
      end.close();
    }
  } finally {
    await agent.stop();
    ends.close();
  }
  return answers;
}

/** What an agent has sent on a stream, by kind: only answers of one kind are in an order. */
class Heard {
  readonly #messages: AgentMessage__Output[] = [];
  #over = false;

  constructor(end: End) {
    void this.#read(end);
  }

  async next(kind: string): Promise<AgentMessage__Output> {
    let at = -1;
    await until(`the agent to send a ${kind}`, () => {
      at = this.#messages.findIndex(({ message }) => message === kind);
      if (at < 0 && this.#over) throw new Error(`the agent ended the stream instead of sending a ${kind}`);
      return at >= 0;
    });
    const [message] = this.#messages.splice(at, 1);
    if (message === undefined) throw new Error(`no ${kind}`);
    return message;
  }

  async #read({ messages }: End): Promise<void> {
    for await (const bytes of messages) this.#messages.push(fromAgent(bytes));
    this.#over = true;
  }
}

function essence({ message, hello, ack, dropEvents, ...others }: AgentMessage__Output): unknown {
  // Versions, and what agents came to know after the first release.
  const ofItsTime = { agentVersion: '', kernelVersion: '', wallMs: '', takesJudged: false };
  if (hello) return { message, hello: { ...hello, ...ofItsTime } };
  if (ack) return { message, ack: { ...ack, kernelUs: '' } };
  if (dropEvents)
    return { message, dropEvents: { ...dropEvents, rows: dropEvents.rows.map((row) => ({ ...row, lastAgoMs: '' })) } };
  return { message, ...others };
}
