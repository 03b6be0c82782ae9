// What an operator lets detectors do: which source may block how many addresses, for how long, and on whose hosts.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration, MAX_TTL_MS } from '../../common/text/duration.ts';
import { isValidName, type SelectableHost, type Selector } from '../../common/text/selector.ts';
import { isSource, kindOfPattern } from '../../common/text/source.ts';

/** As it is stored: the body of a setting of the kind `detector`, whose name is the pattern. */
export const policySchema = z.strictObject({
  /** `fail2ban:sshd`, or all of a kind: `fail2ban:*`. */
  pattern: z.string(),
  /** `host`, `label:KEY` or `fleet`. */
  scope: z.string(),
  maxDurationMs: z.number(),
  maxClaims: z.number(),
  /** Addresses per minute and reporter. */
  rate: z.number(),
  quorum: z.number(),
});
export type DetectorPolicy = z.infer<typeof policySchema>;

/** What a request says that says nothing: refused. */
export const NO_POLICY: DetectorPolicy = { pattern: '', scope: '', maxDurationMs: 0, maxClaims: 0, rate: 0, quorum: 0 };

/** Origins that are not detectors': a report must never pass for what a person, a list or another door says. */
const RESERVED: ReadonlySet<string> = new Set(['manual', 'list', 'feed', 'apply', 'crowdsec']);
/** Sources of webhooks: hosts cannot report under them. */
export const HOOK = 'hook';

const MOST = { claims: 1_000_000, rate: 1_000_000, quorum: 1000 } as const;

/** `fail2ban` of `fail2ban:sshd`. */
export function kindOf(source: string): string {
  return source.slice(0, source.indexOf(':'));
}

/** Whether reports may come under it. */
export function isDetector(source: string): boolean {
  return isSource(source) && !RESERVED.has(kindOf(source));
}

/** @throws FleetblockError INVALID_ARGUMENT */
export function assertSource(source: string): void {
  if (!isDetector(source))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(source.slice(0, 64))} is not a detector's source: write KIND:NAME in lower case, such as fail2ban:sshd`,
    );
}

/** @throws FleetblockError INVALID_ARGUMENT: the field that cannot be, and what it may be */
export function checkedPolicy(policy: DetectorPolicy): DetectorPolicy {
  const { pattern, scope, maxDurationMs, maxClaims, rate, quorum } = policy;
  const kind = kindOfPattern(pattern);
  if (kind === undefined || RESERVED.has(kind))
    throw invalid(
      `${JSON.stringify(pattern.slice(0, 64))} is not a pattern: write fail2ban:sshd, or fail2ban:* for all of a kind`,
    );
  if (scope !== 'host' && scope !== 'fleet' && !(scope.startsWith('label:') && isValidName(scope.slice(6))))
    throw invalid(`${JSON.stringify(scope.slice(0, 64))} is not a scope: host, label:KEY or fleet`);
  if (kind === HOOK && (scope !== 'fleet' || quorum !== 1))
    throw invalid('a webhook reports from no host: --scope fleet --quorum 1');
  if (scope === 'host' && quorum !== 1)
    throw invalid('with --scope host nothing goes beyond the reporting host: leave --quorum out');
  if (!(maxDurationMs >= 1000 && maxDurationMs <= MAX_TTL_MS))
    throw invalid(`--max-duration is 1s to ${formatDuration(MAX_TTL_MS)}`);
  for (const [flag, value, most] of [
    ['--max-claims', maxClaims, MOST.claims],
    ['--rate', rate, MOST.rate],
    ['--quorum', quorum, MOST.quorum],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > most) throw invalid(`${flag} is 1 to ${most}`);
  return policy;
}

/** The pattern for all of a source's kind: `fail2ban:*`. */
export function kindPattern(source: string): string {
  return `${kindOf(source)}:*`;
}

/** The policy for a source: of the exact one before that of its kind. */
export function policyFor(policies: ReadonlyMap<string, DetectorPolicy>, source: string): DetectorPolicy | undefined {
  return policies.get(source) ?? policies.get(kindPattern(source));
}

/** The origins that count against the policy's limit: one, or what all of a kind begin with. */
export function originsOf({ pattern }: DetectorPolicy): string {
  return pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
}

/** Where a host's reports hold beside the host itself; undefined: nowhere. A host without the label stands alone. */
export function beyondOf({ scope }: DetectorPolicy, host: SelectableHost): Selector | undefined {
  if (scope === 'fleet') return { kind: 'all' };
  if (scope === 'host') return undefined;
  const key = scope.slice('label:'.length);
  const value = Object.hasOwn(host.labels, key) ? host.labels[key] : undefined;
  return value === undefined ? undefined : { kind: 'labels', terms: [{ key, operator: '=', value }] };
}

function invalid(text: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', text);
}
