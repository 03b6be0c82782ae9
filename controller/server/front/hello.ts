// Whether a connection has sent a whole hello. Before that it costs this process no TLS state. Not a parser: only the header of the first
// TLS record is read, to know when all of that record is here (RFC 8446, 5.1).

const HANDSHAKE = 22;
const HEADER = 5;
const MAX_RECORD = 16_384;
/** More than a client says before it waits for an answer. */
const MAX_BYTES = 2 * (HEADER + MAX_RECORD);
/** More than the pieces in which a network carries a hello. */
const MAX_PIECES = 64;

/** Holds at most some 32 KiB per connection, in 64 pieces. */
export class EarlyBytes {
  #pieces: Buffer[] = [];
  #length = 0;
  /** Of the first record, with its header; 0 until that is here. */
  #needed = 0;

  /** `junk`: no hello will ever come of it, or more came than one may say before an answer. */
  add(piece: Buffer): 'partial' | 'whole' | 'junk' {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > MAX_BYTES || this.#pieces.length > MAX_PIECES) return 'junk';
    if (this.#needed === 0) {
      const head = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
      if (head.length > 0 && head[0] !== HANDSHAKE) return 'junk';
      if (head.length < HEADER) return 'partial';
      const record = head.readUInt16BE(3);
      if (record === 0 || record > MAX_RECORD) return 'junk';
      this.#needed = HEADER + record;
    }
    return this.#length >= this.#needed ? 'whole' : 'partial';
  }

  /** All of it, once. */
  take(): Buffer {
    return Buffer.concat(this.#pieces.splice(0));
  }
}
