// What is too long for one value of etcd, in chunks that are named by what they hold: written twice they are the same, and a damaged one
// is found.
import { createHash } from 'node:crypto';
import { FleetblockError } from '../../../common/errors.ts';
import type { EtcdClient } from './client/etcd-client.ts';
import type { Chunks } from './record.ts';

/** etcd takes requests of 1.5 MiB. */
const CHUNK_BYTES = 1024 * 1024;
/** Chunks that are under way at a time. */
const AT_ONCE = 4;

/** @param place prefix of their keys. @returns their names, in order */
export async function putChunks(client: EtcdClient, place: string, content: Uint8Array): Promise<Chunks> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += CHUNK_BYTES) chunks.push(content.subarray(at, at + CHUNK_BYTES));
  const names = chunks.map(nameOf);
  const waiting = chunks.entries();
  const work = async () => {
    for (const [index, value] of waiting)
      await client.txn({ steps: [{ put: { key: `${place}${names[index]}`, value } }] });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return names;
}

/** @returns undefined when it is not there (any more). @throws FleetblockError DATA_LOSS: it is damaged */
export async function getChunk(client: EtcdClient, place: string, name: string): Promise<Buffer | undefined> {
  const { entries } = await client.range({ key: `${place}${name}` });
  const value = entries[0]?.value;
  if (value && nameOf(value) !== name)
    throw new FleetblockError('DATA_LOSS', `the value of ${place}${name} in etcd is damaged`);
  return value;
}

function nameOf(chunk: Uint8Array): string {
  return createHash('sha256').update(chunk).digest('hex');
}
