// The controller's end of a sync stream in memory: a test sends messages and checks what the agent answered. Messages
// pass through the real protobuf codec, both ways.

import type { SyncStream } from '../../agent/session/stream.ts';
import { protocol } from '../../common/rpc/proto.ts';
import type { AgentMessage, AgentMessage__Output } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage, ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';

const codec = protocol.AgentService.service.Sync;

export type Kind = NonNullable<AgentMessage__Output['message']>;

export class ScriptedStream implements SyncStream {
  /** Everything that the agent sent. */
  readonly sent: AgentMessage__Output[] = [];
  closed = false;
  /** What is sent from now on waits for this: a controller that reads nothing. */
  room: Promise<void> = Promise.resolve();
  readonly #incoming: ControllerMessage__Output[] = [];
  #wake: () => void = () => {};
  #read = 0;
  #sentWake: (() => void)[] = [];

  push(...messages: ControllerMessage[]): void {
    for (const message of messages) this.#incoming.push(codec.responseDeserialize(codec.responseSerialize(message)));
    this.#wake();
  }

  get messages(): AsyncIterable<ControllerMessage__Output> {
    return this.#messages();
  }

  send(message: AgentMessage): Promise<void> {
    if (this.closed) return Promise.reject(new Error('closed'));
    this.sent.push(codec.requestDeserialize(codec.requestSerialize(message)));
    for (const wake of this.#sentWake.splice(0)) wake();
    return this.room;
  }

  close(): void {
    this.closed = true;
    this.#wake();
    for (const wake of this.#sentWake.splice(0)) wake();
  }

  /** The next message that is no status, waiting for it. */
  async next(): Promise<AgentMessage__Output> {
    for (;;) {
      const message = this.sent[this.#read];
      if (message) {
        this.#read++;
        if (!message.status) return message;
        continue;
      }
      if (this.closed) throw new Error('the agent closed the stream');
      await new Promise<void>((resolve) => this.#sentWake.push(resolve));
    }
  }

  /** The last status, waiting for one that satisfies `wanted`. */
  async status(wanted: (status: NonNullable<AgentMessage__Output['status']>) => boolean) {
    for (;;) {
      const found = this.sent.findLast((message) => message.status && wanted(message.status))?.status;
      if (found) return found;
      if (this.closed) throw new Error('the agent closed the stream');
      await new Promise<void>((resolve) => this.#sentWake.push(resolve));
    }
  }

  async *#messages(): AsyncGenerator<ControllerMessage__Output> {
    for (;;) {
      if (this.closed) throw new Error('closed');
      const message = this.#incoming.shift();
      if (message) yield message;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
