// What changed in a view between two revisions, and its messages: encoded once for all hosts that come from the same revision.
import type { Digest } from '../../common/entries/digest.ts';
import { entryCount, NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { leftOf } from '../../common/entries/times.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Revision } from '../../common/revision.ts';
import { cutColumns } from '../../common/sync-wire/cut.ts';
import { encodeDelta, encodeDeltaColumns } from '../../common/sync-wire/delta.ts';

/** `adds` includes rows that only changed their end or their mode. `removes` needs keys alone. */
export interface ViewDelta {
  readonly to: Revision;
  /** Of the whole view at `to`. */
  readonly digest: Digest;
  readonly adds: PackedEntries<'unix'>;
  readonly removes: PackedEntries;
  /** When it was committed, monotonic milliseconds; undefined when it is several changes in one. */
  readonly committedMs: number | undefined;
}

/** Rows that fit one message for sure, whatever their family and times. */
const ONE_MESSAGE_ROWS = 4096;

/** Its buffers are shared between streams and must not be written to. */
export class EncodedDelta {
  readonly to: Revision;
  readonly digest: Digest;
  readonly committedMs: number | undefined;
  /** It adds nothing. */
  readonly removesOnly: boolean;
  readonly #epoch: string;
  readonly #seal: Uint8Array;
  readonly #pieces: readonly Piece[];
  readonly #byOrigin = new Map<Revision | undefined, Buffer[]>();

  /** Remaining times are counted from `nowMs` (Unix milliseconds). `seal`: of `delta.to`. */
  constructor(epoch: string, delta: ViewDelta, nowMs: number, seal: Uint8Array) {
    failpoint('hub.encode.before');
    this.to = delta.to;
    this.digest = delta.digest;
    this.committedMs = delta.committedMs;
    this.removesOnly = entryCount(delta.adds) === 0;
    this.#epoch = epoch;
    this.#seal = seal;
    this.#pieces = cutPieces(leftOf(delta.adds, nowMs), delta.removes);
    failpoint('hub.encode.after');
  }

  /** The messages for a host that holds `from`, or loose ones (`from` undefined); the same buffers for every such host. */
  messages(from: Revision | undefined): Iterable<Buffer> {
    const made = this.#byOrigin.get(from) ?? [];
    this.#byOrigin.set(from, made);
    if (this.#pieces.length > 1) return this.#inTurn(from, made);
    made[0] ??= this.#message(from, 0);
    return made;
  }

  /** A million rows take longer to encode than the event loop may be blocked: each message is made when a stream first takes it. */
  *#inTurn(from: Revision | undefined, made: Buffer[]): Generator<Buffer> {
    for (let i = 0; i < this.#pieces.length; i++) {
      const message = made[i] ?? this.#message(from, i);
      made[i] = message;
      yield message;
    }
  }

  #message(from: Revision | undefined, i: number): Buffer {
    const columns = this.#pieces[i]?.columns ?? Buffer.alloc(0);
    const last = i === this.#pieces.length - 1 ? { digest: this.digest, seal: this.#seal } : undefined;
    return encodeDelta(this.#epoch, from, this.to, columns, last);
  }
}

/** The rows of one message, encoded when they are first asked for. */
class Piece {
  readonly #adds: PackedEntries<'left'>;
  readonly #removes: PackedEntries;
  #columns: Buffer | undefined;

  constructor(adds: PackedEntries<'left'>, removes: PackedEntries) {
    this.#adds = adds;
    this.#removes = removes;
  }

  get columns(): Buffer {
    this.#columns ??= encodeDeltaColumns(this.#adds, this.#removes);
    return this.#columns;
  }
}

function cutPieces(adds: PackedEntries<'left'>, removes: PackedEntries): Piece[] {
  if (entryCount(adds) + entryCount(removes) <= ONE_MESSAGE_ROWS) return [new Piece(adds, removes)];
  return [
    ...[...cutColumns(adds)].map((piece) => new Piece(piece, NO_ENTRIES)),
    ...[...cutColumns(removes)].map((piece) => new Piece(NO_ENTRIES, piece)),
  ];
}
