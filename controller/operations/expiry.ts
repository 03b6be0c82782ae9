// Ends claims when their time is over: an ordinary removal by `system`, beside the kernel's own judgement on every host.

import type { Logger } from '../../common/logger.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Undone } from '../claims/confirmation.ts';
import type { Store } from '../store/store.ts';

/** The most that a timer is set for, milliseconds: setTimeout takes at most 24 days. */
const LONGEST_TIMER_MS = 3_600_000;
/** After a failure (disk full), milliseconds. */
const RETRY_MS = 5000;

/** `mayChange` is asked before every run; while it is false, the next look comes in five seconds. */
export interface ExpiryDeps {
  readonly store: Pick<Store, 'expireClaims' | 'nextExpiryMs' | 'follow'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** False: not now (the store is in quarantine, or the time in doubt). */
  readonly mayChange: () => boolean;
  /** Called with every change that was undone because it was not confirmed. */
  readonly onUndone: (undone: Undone) => void;
}

/** Runs until it is stopped. `look`: it may change now what it could not before. */
export function startExpiry(deps: ExpiryDeps): { readonly stop: () => void; readonly look: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let stopped = false;
  let plans = 0;

  const retry = (error: unknown, text: string) => {
    if (stopped) return;
    deps.log.error({ err: error }, text);
    clearTimeout(timer);
    timer = setTimeout(run, RETRY_MS);
  };
  const plan = async () => {
    const own = ++plans;
    try {
      const next = await deps.store.nextExpiryMs();
      // A later plan knows better: what this one used may have changed since.
      if (stopped || running || own !== plans) return;
      clearTimeout(timer);
      if (next === 0) return;
      const delay = Math.min(LONGEST_TIMER_MS, Math.max(0, next - deps.clock.wallMs()));
      timer = setTimeout(run, deps.mayChange() ? delay : RETRY_MS);
    } catch (error) {
      if (own === plans) retry(error, 'cannot tell what ends next; hosts end it by themselves');
    }
  };
  const run = async () => {
    running = true;
    try {
      const now = deps.clock.wallMs();
      for (let more = deps.mayChange(); more; ) {
        const { removed, undone } = await deps.store.expireClaims(now);
        for (const each of undone) deps.onUndone(each);
        more = removed > 0;
      }
      running = false;
      await plan();
    } catch (error) {
      running = false;
      retry(error, 'claims that ended could not be removed; hosts end them by themselves');
    }
  };
  const unfollow = deps.store.follow(() => void plan());
  void plan();
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    unfollow();
  };
  return { stop, look: () => void plan() };
}
