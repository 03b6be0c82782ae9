// Records of the audit, filtered, and whether their chain is whole.
import { AUDIT_VERBS, isAuditVerb } from '../../../common/audit-verbs.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { AuditRecord, AuditVerdict } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { ReadTurns } from './read-turns.ts';

/** Empty texts and 0 mean any. */
export interface AuditQuery {
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  readonly prefix: string;
  readonly host: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** At most this many, from the end. */
  readonly last: number;
}

/** Records that are read from the end. */
const MAX_LAST = 10_000;

/** In batches, some of which are empty. @throws FleetblockError INVALID_ARGUMENT */
export function readAudit(store: Pick<Store, 'audit'>, query: AuditQuery): AsyncIterable<readonly AuditRecord[]> {
  const { actor, verb, subject, prefix, host, sinceMs, untilMs, last } = query;
  if (last > MAX_LAST)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `the last ${last} records are too many at once: at most ${MAX_LAST}, or all since a time`,
    );
  if (verb !== '' && !isAuditVerb(verb))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(verb.slice(0, 40))} is no verb of the audit: write one of ${AUDIT_VERBS.join(', ')}`,
    );
  return store.audit({
    ...(actor !== '' && { actor }),
    ...(verb !== '' && { verb }),
    ...(subject !== '' && { subject }),
    ...(prefix !== '' && { prefix: formatPrefix(parsePrefix(prefix)) }),
    ...(host !== '' && { host }),
    ...(sinceMs > 0 && { sinceMs }),
    ...(untilMs > 0 && { untilMs }),
    ...(last > 0 && { last }),
  });
}

/** In a turn of the caller, and always to its end. @throws FleetblockError RESOURCE_EXHAUSTED: too many reads of this caller */
export async function verifyAudit(
  store: Pick<Store, 'verifyAudit'>,
  turns: ReadTurns,
  caller: string,
): Promise<AuditVerdict> {
  const verdict = await turns.once(caller, new AbortController().signal, () => store.verifyAudit());
  if (!verdict) throw new FleetblockError('UNAVAILABLE', 'the audit was not read: try again');
  return verdict;
}
