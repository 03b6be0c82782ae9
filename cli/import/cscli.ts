// What CrowdSec's cscli writes: CSV with a heading (decisions import, decisions list -o raw) and JSON (import, list -o json).
import { checkedTtl } from '../../common/duration.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { parsePrefix } from '../../common/prefix.ts';
import type { Columns } from './columns.ts';
import { readCsv } from './csv.ts';
import type { Findings } from './findings.ts';
import { decisionLines } from './json-lines.ts';

/** Names of the columns that hold a prefix: of an import, of a listing. */
const VALUE_COLUMNS = ['value', 'ip'];
const SCOPES = ['ip', 'range'];
const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};

/** True when the first line is a heading of cscli's CSV. */
export function isCscliHeading(line: string): boolean {
  const names = line.trim().toLowerCase().split(',');
  return names.length > 1 && VALUE_COLUMNS.some((name) => names.includes(name));
}

/** @throws FleetblockError INVALID_ARGUMENT: no heading with a column for the prefix. */
export function readCscliCsv(text: string, columns: Columns, findings: Findings): void {
  let places: Record<'value' | 'scope' | 'duration' | 'type', number> | undefined;
  for (const { line, fields } of readCsv(text)) {
    if (!places) {
      places = headingOf(fields);
      continue;
    }
    const { value, scope, duration, type } = places;
    const decision = {
      value: fields[value] ?? '',
      scope: fields[scope] ?? '',
      duration: fields[duration] ?? '',
      type: fields[type] ?? '',
    };
    readDecision(decision, line, columns, findings);
  }
}

/** @throws FleetblockError INVALID_ARGUMENT: not JSON, or not decisions. */
export function readCscliJson(text: string, columns: Columns, findings: Findings): void {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new FleetblockError('INVALID_ARGUMENT', `that is not JSON: ${messageOf(error)}`, { cause: error });
  }
  // cscli prints null for no decision at all, and alerts that hold decisions for a listing.
  const elements = document === null ? [] : Array.isArray(document) ? document : [document];
  const lines = decisionLines(text);
  let number = 0;
  for (const element of elements)
    for (const decision of decisionsOf(element)) {
      const line = lines[number++] ?? 0;
      const text_ = (key: string) => (typeof decision[key] === 'string' ? decision[key] : '');
      readDecision(
        { value: text_('value'), scope: text_('scope'), duration: text_('duration'), type: text_('type') },
        line,
        columns,
        findings,
      );
    }
}

interface Decision {
  readonly value: string;
  readonly scope: string;
  readonly duration: string;
  readonly type: string;
}

function readDecision(decision: Decision, line: number, columns: Columns, findings: Findings): void {
  // A listing writes `Ip:192.0.2.1`; an IPv6 address has colons of its own.
  const [, prefixScope, rest] = /^(ip|range):(.*)$/i.exec(decision.value) ?? [];
  const scope = (prefixScope ?? decision.scope).toLowerCase();
  if (scope !== '' && !SCOPES.includes(scope)) {
    findings.add(line, `scope ${JSON.stringify(decision.scope)} is not ip or range: only addresses can be blocked`);
    return;
  }
  // Captchas and the like are for bouncers in front of applications.
  if (decision.type !== '' && decision.type !== 'ban') return;
  try {
    const ttlMs = decision.duration === '' ? 0 : goDuration(decision.duration);
    // What has ended already need not be sent.
    if (ttlMs < 0) return;
    columns.push(parsePrefix(rest ?? decision.value), ttlMs, line);
  } catch (error) {
    findings.add(line, messageOf(error));
  }
}

function headingOf(fields: readonly string[]): Record<'value' | 'scope' | 'duration' | 'type', number> {
  const names = fields.map((field) => field.trim().toLowerCase());
  const place = (...wanted: string[]) => names.findIndex((name) => wanted.includes(name));
  const value = place(...VALUE_COLUMNS);
  if (value < 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'line 1 is no heading of a cscli CSV: it needs a column named value (or ip), like duration,scope,value',
    );
  return { value, scope: place('scope'), duration: place('duration', 'expiration'), type: place('type', 'action') };
}

function decisionsOf(element: unknown): Record<string, unknown>[] {
  if (!isMapping(element)) throw new FleetblockError('INVALID_ARGUMENT', 'that JSON is not an array of decisions');
  if (!('decisions' in element)) return [element];
  return Array.isArray(element.decisions) ? element.decisions.filter(isMapping) : [];
}

/** Go's form, `3h59m58.12s`: milliseconds, at least 1 when it is not negative. @throws FleetblockError INVALID_ARGUMENT. */
function goDuration(text: string): number {
  const [, sign = '', rest = ''] = /^([-+]?)(.+)$/.exec(text.trim()) ?? [];
  const parts = [...rest.matchAll(/([0-9]+(?:\.[0-9]*)?)(h|ms|m|s|us|µs|ns)/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN), 0);
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== rest || !Number.isFinite(ms))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text.slice(0, 40))} is not a duration like 4h or 3h59m58s`,
    );
  return sign === '-' ? -1 : checkedTtl(Math.max(1, Math.ceil(ms)));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
