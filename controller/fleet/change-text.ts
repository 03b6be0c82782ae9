// A change as an event: who did what to what, as the audit has it.
import type { StoreEvent } from '../store/port/revisions.ts';

const DONE: Readonly<Record<string, string>> = {
  block: 'blocked',
  unblock: 'unblocked',
  'allow.add': 'allowed',
  'allow.remove': 'stopped allowing',
  import: 'imported',
  'list.remove': 'removed',
  confirm: 'confirmed',
  undo: 'undid',
  expire: 'took away what had ended:',
};
/** Characters: prefixes by the thousand are for the audit. */
const MAX_TEXT = 300;

/** `admin/alice blocked 192.0.2.1/32 on all`. */
export function changeText({ records }: Pick<StoreEvent, 'records'>): string {
  const text = records.map(({ actor, verb, subject }) => `${actor} ${DONE[verb] ?? verb} ${subject}`).join('; ');
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 3)}...` : text;
}
