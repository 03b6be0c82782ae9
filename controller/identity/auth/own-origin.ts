// What an API key that is bound to an origin may change: claims of that origin, and nothing that takes effect away from others.
import { type Action, slotOf } from '../../../common/action.ts';
import { FleetblockError } from '../../../common/errors.ts';
import type { Caller } from './caller.ts';

/** The origin that a request is about: where it says none, the one that the caller is bound to. */
export function askedOrigin({ origin: bound }: Pick<Caller, 'origin'>, asked: string): string {
  return asked === '' ? (bound ?? '') : asked;
}

/**
 * `origin` as stored; `action` of what is added.
 * @throws FleetblockError PERMISSION_DENIED: the caller is bound to another origin, or would pass what others block
 */
export function assertMayChange({ actor, origin: bound }: Caller, origin: string, action?: Action): void {
  if (bound === undefined) return;
  if (origin !== bound)
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `${actor} changes nothing but what is of the origin ${bound}, and this is of ${origin}`,
    );
  if (action !== undefined && slotOf(action) === 'allow')
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `${actor} is bound to the origin ${bound} and may not allow: that would pass what other origins block`,
    );
}
