// What a controller answers when all went well.
import type { ChangeReply } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';

/** Every prefix changed, every one of three hosts proved it. */
export const whole = (
  request: { prefixes: string[] },
  change: 'ADDED' | 'UNCHANGED' | 'REMOVED' = 'ADDED',
): ChangeReply => ({
  revision: 42,
  outcomes: request.prefixes.map((prefix) => ({ prefix, change })),
  hosts: { targeted: 3, enforced: 3 },
  elapsedMs: 8.7,
});
