// Origins: whose claim it is. Spelled `KIND` or `KIND:NAME`: `manual`, `list:NAME`, `crowdsec`, `fail2ban:NAME`.
import { FleetblockError } from '../errors.ts';

/** What people block by hand. */
export const MANUAL = 'manual';

const LIST = 'list:';
const LIST_NAME = /^[a-z0-9][a-z0-9._-]{0,58}$/;
const ORIGIN = /^[a-z0-9][a-z0-9._:-]{0,63}$/;

/** Whether a list can have that name. */
export function isListName(name: string): boolean {
  return LIST_NAME.test(name);
}

/** The origin of a list's rows. */
export function listOrigin(name: string): string {
  return LIST + name;
}

/** Name of the list whose origin this is; undefined: it is of single claims. */
export function listOfOrigin(origin: string): string | undefined {
  return origin.startsWith(LIST) ? origin.slice(LIST.length) : undefined;
}

/**
 * The origin of single claims. Empty: MANUAL.
 * @throws FleetblockError INVALID_ARGUMENT
 */
export function parseOrigin(text: string): string {
  if (text === '') return MANUAL;
  if (!ORIGIN.test(text))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text.slice(0, 80))} is not an origin: write one like manual, crowdsec or scanner:NAME`,
    );
  const list = listOfOrigin(text);
  if (list !== undefined)
    throw new FleetblockError('INVALID_ARGUMENT', `${text} is a list: change it with fleetblock import --list ${list}`);
  return text;
}
