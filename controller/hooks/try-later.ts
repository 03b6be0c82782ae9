// What a sender is to say again.
import { type ErrorCode, FleetblockError } from '../../common/errors.ts';

/** Nothing was done; all of it may be said again after `retryMs` milliseconds. */
export class TryLater extends FleetblockError {
  readonly retryMs: number;

  constructor(code: Extract<ErrorCode, 'UNAVAILABLE' | 'RESOURCE_EXHAUSTED'>, message: string, retryMs: number) {
    super(code, message);
    this.retryMs = retryMs;
  }
}
