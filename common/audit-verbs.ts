// What a record of the audit says was done: one word each. A filter for any other is refused with this list.
export const AUDIT_VERBS = [
  'allow.add',
  'allow.remove',
  'apikey.create',
  'apikey.revoke',
  'block',
  'confirm',
  'detach',
  'detector.remove',
  'detector.set',
  'ended',
  'enroll',
  'enroll.again',
  'expire',
  'feed.accept',
  'feed.add',
  'feed.pause',
  'feed.remove',
  'feed.resume',
  'hook.add',
  'hook.remove',
  'host.duplicate',
  'host.label',
  'host.resync',
  'host.revoke',
  'import',
  'issuer.rotate',
  'list.except',
  'list.include',
  'list.remove',
  'operator.add',
  'operator.renew',
  'operator.revoke',
  'operator.token',
  'operator.token.revoke',
  'refused',
  'restore',
  'result',
  'rollout.abort',
  'rollout.done',
  'rollout.halt',
  'rollout.pause',
  'rollout.resume',
  'rollout.stage',
  'rollout.start',
  'token.create',
  'token.revoke',
  'unblock',
  'undo',
] as const;

/** What this version writes: a stored record may have a verb of an earlier one. */
export type AuditVerb = (typeof AUDIT_VERBS)[number];

/** Checks the verb that a request filters by. */
export function isAuditVerb(word: string): word is AuditVerb {
  return AUDIT_VERBS.some((verb) => verb === word);
}
