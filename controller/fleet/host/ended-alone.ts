// What ended by itself in a host's kernel while the host was cut off, as the host reports when it is back: for the audit, where the
// undoing of an unconfirmed change can be found, host by host.

import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Store } from '../../store/store.ts';
import type { EventLog } from '../events.ts';

/** Where what a returning host tells is put: an event always, an audit record when the host's rate allows it. */
export interface EndedAloneDeps {
  readonly store: Pick<Store, 'recordAudit'>;
  readonly events: EventLog;
  readonly log: Logger;
}

/** Never throws: what an agent says here decides nothing. */
export function noteEndedAlone(
  { store, events, log }: EndedAloneDeps,
  host: { readonly id: string; readonly name: string },
  { endedAlone }: Hello__Output,
  mayRecord: () => boolean = () => true,
): void {
  const count = Number(endedAlone?.entries ?? 0);
  if (!endedAlone || count === 0) return;
  const { prefixes } = endedAlone;
  const more = count > prefixes.length ? ` and ${count - prefixes.length} more` : '';
  const ago = formatDuration(Number(endedAlone.lastAgoMs));
  const what = `${prefixes.join(' ')}${more}`;
  events.add('host.ended', `ended by itself while cut off, the last ${ago} ago: ${what}`, { hostId: host.id });
  const record = {
    actor: `agent/${host.id}`,
    verb: 'ended' as const,
    subject: `${host.name}: ${what}`,
    reason: `ended by itself in the kernel while the host was cut off, the last ${ago} before it was back`,
  };
  if (!mayRecord()) {
    log.warn({ host: host.id, what }, 'a host reports endings too often: this one has no audit record');
    return;
  }
  store.recordAudit(record).catch((error: unknown) => {
    log.error({ err: messageOf(error), host: host.id }, 'what ended on a host could not be written to the audit');
  });
}

/** Of the event that a host has connected. */
export function helloText({ agentVersion, endedAlone }: Hello__Output): string {
  if (!endedAlone) return `agent ${agentVersion}`;
  const { entries, prefixes } = endedAlone;
  const more = Number(entries) > prefixes.length ? ', ...' : '';
  return `agent ${agentVersion}; ended on their own while it was cut off: ${entries} (${prefixes.join(', ')}${more})`;
}
