// Who holds the secret of a token, before anything is done for them: one row, read outside of any transaction.
import { timingSafeEqual } from 'node:crypto';
import type { Connection } from '../file/connection.ts';
import { blob } from '../file/rows.ts';

/** Of a host's or an operator's token, whatever has become of it. */
export function knowsSecret(db: Connection, tokenId: string, secretHash: Uint8Array): boolean {
  return db
    .prepare(
      'SELECT secret_hash FROM token WHERE id = ?1 UNION ALL SELECT secret_hash FROM operator_token WHERE id = ?1',
    )
    .all(tokenId)
    .map((row) => blob(row, 'secret_hash'))
    .some((hash) => hash.length === secretHash.length && timingSafeEqual(hash, secretHash));
}
