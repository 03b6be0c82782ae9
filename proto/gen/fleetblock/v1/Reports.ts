// Original file: proto/fleetblock/v1/agent.proto

import type { ReportedPrefix as _fleetblock_v1_ReportedPrefix, ReportedPrefix__Output as _fleetblock_v1_ReportedPrefix__Output } from '../../fleetblock/v1/ReportedPrefix.ts';

/**
 * What a detector on this host asks to be blocked, or to be blocked no longer. Each gets one ReportsAnswer; the agent waits for it before it
 * sends the next. Whom it is blocked for, and for how long at most, is the fleet's policy for the detector.
 */
export interface Reports {
  /**
   * "fail2ban:sshd"
   */
  'source'?: (string);
  /**
   * What this host reported before is over.
   */
  'unban'?: (boolean);
  /**
   * At most 1,000, each prefix once.
   */
  'rows'?: (_fleetblock_v1_ReportedPrefix)[];
}

/**
 * What a detector on this host asks to be blocked, or to be blocked no longer. Each gets one ReportsAnswer; the agent waits for it before it
 * sends the next. Whom it is blocked for, and for how long at most, is the fleet's policy for the detector.
 */
export interface Reports__Output {
  /**
   * "fail2ban:sshd"
   */
  'source': (string);
  /**
   * What this host reported before is over.
   */
  'unban': (boolean);
  /**
   * At most 1,000, each prefix once.
   */
  'rows': (_fleetblock_v1_ReportedPrefix__Output)[];
}
