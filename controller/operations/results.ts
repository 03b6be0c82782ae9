// How the hosts stood to a change when it was answered, as an audit record of its own: the change's is committed before.

import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Revision } from '../../common/revision.ts';
import type { Store } from '../store/store.ts';
import type { HostOutcomes } from './targets.ts';

/** Hosts that are named one by one, of the pending ones and of those that failed; more are counted. */
const MAX_NAMED = 50;

/** As in audit records; `from` is left out for what the controller does by itself. */
export interface ResultBy {
  readonly actor: string;
  readonly from?: string;
}

/** A record that cannot be written is logged and given up. */
export class Results {
  readonly #store: Pick<Store, 'recordAudit'>;
  readonly #log: Logger;

  constructor(store: Pick<Store, 'recordAudit'>, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Nobody waits for it: the answer is on its way. `what`: the change, for people. */
  record({ actor, from = '' }: ResultBy, what: string, revision: Revision, outcomes: HostOutcomes): void {
    this.#store
      .recordAudit({ actor, from, verb: 'result', subject: describeOutcomes(outcomes), reason: what, revision })
      .catch((error: unknown) => {
        this.#log.error(
          { err: messageOf(error), revision: String(revision) },
          'a result could not be written to the audit',
        );
      });
  }
}

/** `998/1000 hosts enforced; pending: web2 (offline); failed: web3 (CAPACITY)`. */
function describeOutcomes({ targeted, enforced, pending, failed }: HostOutcomes): string {
  return [
    `${enforced}/${targeted} hosts enforced`,
    ...named(
      'pending',
      pending.map(({ name, status }) => `${name} (${status})`),
    ),
    ...named(
      'failed',
      failed.map(({ name, refusal }) => `${name} (${refusal.code})`),
    ),
  ].join('; ');
}

function named(what: string, hosts: readonly string[]): string[] {
  if (hosts.length === 0) return [];
  const more = hosts.length > MAX_NAMED ? ` and ${hosts.length - MAX_NAMED} more` : '';
  return [`${what}: ${hosts.slice(0, MAX_NAMED).join(', ')}${more}`];
}
