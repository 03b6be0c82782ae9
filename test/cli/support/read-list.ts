// Reads lists for import without a command around it, and shows what was read.
import { Readable, Writable } from 'node:stream';
import type { Cli } from '../../../cli/environment.ts';
import { type ReadList, type ReadOptions, readList } from '../../../cli/import/read-list.ts';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { fromWire, toWire } from '../../../common/entries/wire.ts';
import type { Columns } from '../../../common/lists/columns.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import type { PackedPrefixes__Output } from '../../../proto/gen/fleetblock/v1/PackedPrefixes.ts';

/** `nowMs`: the time when it is read. */
export function readChunks(
  chunks: readonly (string | Buffer)[],
  options: Partial<ReadOptions> = {},
  nowMs = 0,
): Promise<ReadList> {
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const cli: Cli = {
    env: {},
    stdin: Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
    stdout: sink(),
    stderr: sink(),
    now: () => nowMs,
    signal: new AbortController().signal,
    exitCode: 0,
  };
  return readList(cli, '-', { format: 'auto', onProgress: () => {}, ...options });
}

/** `192.0.2.0/24`, `192.0.2.1/32 for 600000`. */
export function rowsOf(columns: Columns): string[] {
  return packedOf(columns).flatMap((message) =>
    unpackEntries(fromWire(message)).map(
      ({ prefix, ttlMs }) => `${formatPrefix(prefix)}${ttlMs > 0 ? ` for ${ttlMs}` : ''}`,
    ),
  );
}

/** As the other end of the wire has them. */
export function packedOf(columns: Columns): PackedPrefixes__Output[] {
  return [...columns.slices()].map(toWire).map((message) => {
    const bytes = (key: keyof typeof message) => {
      const value = message[key];
      return Buffer.from(value instanceof Uint8Array ? value : []);
    };
    return {
      v4Addresses: bytes('v4Addresses'),
      v4Lengths: bytes('v4Lengths'),
      v4Flags: bytes('v4Flags'),
      v4Ttls: bytes('v4Ttls'),
      v6Addresses: bytes('v6Addresses'),
      v6Lengths: bytes('v6Lengths'),
      v6Flags: bytes('v6Flags'),
      v6Ttls: bytes('v6Ttls'),
    };
  });
}
