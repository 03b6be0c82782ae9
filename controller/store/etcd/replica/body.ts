// What a record of the log says: one commit of one replica, with all that another one needs to make the same of it. A header as JSON, the
// rows of hosts' layers in columns, and the changes to the tables as SQLite's session extension writes them.
import { z } from 'zod';
import { withoutTimes } from '../../../../common/entries/times.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { formatSelector, parseSelector } from '../../../../common/text/selector.ts';
import type { LayerChange } from '../../../claims/layers.ts';
import type { StoreEvent } from '../../port/revisions.ts';
import { decodeColumns, encodeColumns } from '../../sqlite/file/columns-blob.ts';

/** Of `meta`, whose other columns are each replica's own. */
export interface Heads {
  readonly head: bigint;
  readonly historyFloor: bigint;
}

/** A StoreEvent whose hosts are ids: their records are among the changes. */
export interface LoggedEvent extends Omit<StoreEvent, 'hosts'> {
  readonly hostIds: readonly string[];
}

/** One commit. `schema`: version of the tables. `epoch`: in the first record, which begins a life of the store. */
export interface LoggedCommit extends Heads {
  readonly schema: number;
  readonly epoch?: string | undefined;
  readonly events: readonly LoggedEvent[];
  /** A changeset; empty in the first record. */
  readonly changes: Uint8Array;
}

const integer = z
  .string()
  .regex(/^[0-9]+$/)
  .transform(BigInt);
const headerSchema = z.object({
  schema: z.number(),
  epoch: z.string().optional(),
  head: integer,
  historyFloor: integer,
  events: z.array(
    z.object({
      revision: integer,
      hostIds: z.array(z.string()),
      records: z.array(z.object({ actor: z.string(), verb: z.string(), subject: z.string() })),
      layers: z.array(
        z.object({ id: z.string(), selector: z.string(), setBytes: z.number(), deleteBytes: z.number() }),
      ),
    }),
  ),
});

/** Four bytes of length in network order, the header, the columns in their order, the changes. */
export function encodeCommit({ events, changes, head, historyFloor, ...rest }: LoggedCommit): Buffer {
  const columns: Uint8Array[] = [];
  const packed = (bytes: Uint8Array) => {
    columns.push(bytes);
    return bytes.length;
  };
  const header = Buffer.from(
    JSON.stringify({
      ...rest,
      head: String(head),
      historyFloor: String(historyFloor),
      events: events.map(({ revision, hostIds, records, layers }) => ({
        revision: String(revision),
        hostIds,
        records: records.map(({ actor, verb, subject }) => ({ actor, verb, subject })),
        layers: layers.map(({ layer, sets, deletes }) => ({
          id: layer.id,
          selector: formatSelector(layer.selector),
          setBytes: packed(encodeColumns(sets)),
          deleteBytes: packed(encodeColumns(withoutTimes(deletes))),
        })),
      })),
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, ...columns, changes]);
}

/** @throws FleetblockError DATA_LOSS: it is none, or of a later version */
export function decodeCommit(bytes: Buffer): LoggedCommit {
  let at = 4 + bytes.readUInt32BE(0);
  const take = (length: number) => {
    at += length;
    // A copy: views keep columns, and are not to keep the record with them.
    return new Uint8Array(bytes.subarray(at - length, at));
  };
  const { success, data } = headerSchema.safeParse(parsed(bytes.toString('utf8', 4, at)));
  if (!success)
    throw new FleetblockError('DATA_LOSS', 'a record in etcd is not one that this version can read: upgrade it');
  const events = data.events.map(({ layers, ...event }) => ({
    ...event,
    layers: layers.map(({ id, selector, setBytes, deleteBytes }): LayerChange => {
      const layer = { id, selector: parseSelector(selector) };
      return { layer, sets: decodeColumns(take(setBytes)), deletes: decodeColumns(take(deleteBytes)) };
    }),
  }));
  return { ...data, events, changes: bytes.subarray(at) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
