// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface AuditEntry {
  'sequence'?: (number | string | Long);
  'atMs'?: (number | string | Long);
  'actor'?: (string);
  /**
   * block, unblock, allow.add, allow.remove, import, list.remove, expire, enroll, token.create, token.revoke, host.label,
   * host.revoke, host.resync, operator.add, operator.revoke, confirm, undo, refused, result (how hosts stood to a revision)...
   */
  'verb'?: (string);
  'subject'?: (string);
  'reason'?: (string);
  /**
   * The revision that it made, or that a result is about; 0 for none.
   */
  'revision'?: (number | string | Long);
  /**
   * Address and port of the caller; empty: the controller itself.
   */
  'source'?: (string);
}

export interface AuditEntry__Output {
  'sequence': (string);
  'atMs': (string);
  'actor': (string);
  /**
   * block, unblock, allow.add, allow.remove, import, list.remove, expire, enroll, token.create, token.revoke, host.label,
   * host.revoke, host.resync, operator.add, operator.revoke, confirm, undo, refused, result (how hosts stood to a revision)...
   */
  'verb': (string);
  'subject': (string);
  'reason': (string);
  /**
   * The revision that it made, or that a result is about; 0 for none.
   */
  'revision': (string);
  /**
   * Address and port of the caller; empty: the controller itself.
   */
  'source': (string);
}
