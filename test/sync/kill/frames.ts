// What the controller under test and its test say to each other over one socket: length and structured clone, one frame a message.
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import type { Ack } from '../../../common/sync-wire/ack.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Nack__Output } from '../../../proto/gen/fleetblock/v1/Nack.ts';

export type Change =
  | { readonly do: 'block' | 'unblock'; readonly prefixes: readonly string[]; readonly selector: string }
  | { readonly do: 'import'; readonly list: string; readonly version: number; readonly selector: string }
  | { readonly do: 'remove'; readonly list: string }
  | { readonly do: 'label'; readonly host: string; readonly env: string };

export type ToController =
  | { readonly kind: 'change'; readonly id: number; readonly change: Change; readonly waitMs: number | undefined }
  | { readonly kind: 'hello'; readonly host: string; readonly hello: Hello__Output }
  | { readonly kind: 'ack'; readonly host: string; readonly ack: Ack }
  | { readonly kind: 'nack'; readonly host: string; readonly nack: Nack__Output }
  | { readonly kind: 'pong'; readonly host: string; readonly nonce: bigint }
  | { readonly kind: 'gone'; readonly host: string }
  /** Answered when every host holds everything. */
  | { readonly kind: 'settle'; readonly id: number }
  | { readonly kind: 'stop' };

export type FromController =
  /** The first: everything that the store holds. */
  | { readonly kind: 'ready'; readonly head: bigint; readonly state: ReadonlyMap<string, string> }
  | { readonly kind: 'answer'; readonly id: number; readonly revision: bigint }
  | { readonly kind: 'refused'; readonly id: number; readonly text: string }
  | {
      readonly kind: 'settled';
      readonly id: number;
      readonly digests: ReadonlyMap<string, string>;
      readonly unsettled: string;
    }
  | { readonly kind: 'message'; readonly host: string; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly host: string; readonly text: string };

export class Frames<In, Out> {
  readonly #socket: Socket;

  constructor(socket: Socket, receive: (frame: In) => void) {
    this.#socket = socket;
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
        const end = 4 + rest.readUInt32LE(0);
        receive(deserialize(rest.subarray(4, end)));
        rest = rest.subarray(end);
      }
    });
    // The other end dies in the middle of things: that is what this is about.
    socket.on('error', () => {});
  }

  send(frame: Out): void {
    const body = serialize(frame);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(body.length);
    if (this.#socket.writable) this.#socket.write(Buffer.concat([head, body]));
  }
}
