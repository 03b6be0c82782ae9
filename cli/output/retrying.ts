// Commands that run until Ctrl-C survive a restart of the controller.
import { FleetblockError } from '../../common/errors.ts';
import type { Cli } from '../environment.ts';
import { pause } from '../pause.ts';
import { say } from './say.ts';

const RETRY_MS = 1000;

/**
 * Items of `start`, which is started again when the controller goes away after it had answered. Ends without failure when the run is
 * interrupted. @throws FleetblockError what `start` throws, UNAVAILABLE only as long as nothing was answered
 */
export async function* retrying<T>(cli: Cli, start: () => AsyncIterable<T>, answered = () => false): AsyncGenerator<T> {
  let known = false;
  let away = false;
  for (;;) {
    try {
      for await (const item of start()) {
        if (cli.signal.aborted) return;
        if (away) say(cli, 'connected again');
        known = true;
        away = false;
        yield item;
      }
      return;
    } catch (error) {
      if (cli.signal.aborted) return;
      const lost = error instanceof FleetblockError && error.code === 'UNAVAILABLE';
      if (!lost || !(known || answered())) throw error;
      if (!away) say(cli, `${error.message}; trying again until it answers`);
      away = true;
      await pause(cli, RETRY_MS);
    }
  }
}
