// The audit in memory, for tests.
import { CHAIN_START, chained, chainVerdict, type Link, linkAfter } from '../audit-chain.ts';
import type { AuditFilter } from '../port/audit.ts';
import type { AuditRecord, AuditVerdict } from '../records.ts';

type Kept = AuditRecord & Link;

/** The chain with its hashes, all records kept: every search looks at all of them. */
export class MemoryAudit {
  readonly #records: Kept[];

  /** A copy of `from`: later records of one are not in the other. */
  constructor(from?: MemoryAudit) {
    this.#records = from ? [...from.#records] : [];
  }

  get last(): Link {
    const { sequence, hash } = this.#records.at(-1) ?? CHAIN_START;
    return { sequence, hash };
  }

  append(entry: Omit<AuditRecord, 'sequence'>): void {
    this.#records.push(chained(this.last, entry));
  }

  find(filter: AuditFilter): AuditRecord[] {
    const after = filter.last === undefined ? (filter.afterSequence ?? 0) : 0;
    const found = this.#records.filter((record) => record.sequence > after && matches(record, filter));
    const wanted = filter.last === undefined ? found : found.slice(Math.max(0, found.length - filter.last));
    return wanted.map(({ hash: _hash, ...record }) => record);
  }

  verify(): AuditVerdict {
    let last = CHAIN_START;
    for (const record of this.#records) {
      const next = linkAfter(last, record, record.hash);
      if (!next) return chainVerdict(last, true);
      last = next;
    }
    return chainVerdict(last, false);
  }
}

function matches({ actor, verb, atMs, subject, reason }: AuditRecord, filter: AuditFilter): boolean {
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = filter;
  return (
    (filter.actor ?? actor) === actor &&
    (filter.verb ?? verb) === verb &&
    atMs >= sinceMs &&
    atMs < untilMs &&
    subject.includes(filter.subject ?? '') &&
    (filter.prefix === undefined || `${subject} ${reason}`.split(' ').includes(filter.prefix)) &&
    (filter.host === undefined || subject.split(/[ ,:]/).includes(filter.host))
  );
}
