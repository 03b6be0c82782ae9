// Webhooks as tables and JSON.
import type { Hook__Output } from '../../proto/gen/fleetblock/v1/Hook.ts';
import { jsonInteger, jsonTime } from './json.ts';
import type { Column } from './table.ts';
import { count, printable, relative } from './text.ts';

/** For `hook list`. */
export function hookColumns(now: number): Column<Hook__Output>[] {
  return [
    { title: 'NAME', cell: ({ spec }) => spec?.name ?? '' },
    { title: 'SCHEME', cell: ({ spec }) => spec?.scheme ?? '' },
    { title: 'POLICY', cell: ({ policy }) => policy || 'none' },
    { title: 'RECEIVED', cell: ({ received }) => count(received), align: 'right' },
    { title: 'DENIED', cell: ({ denied }) => count(denied), align: 'right' },
    { title: 'LAST', cell: (hook) => lastOf(hook, now) },
  ];
}

/** One fact per line: name and value. */
export function hookFacts(hook: Hook__Output, now: number): [string, string][] {
  const { spec, policy, actor } = hook;
  return [
    ['name', spec?.name ?? ''],
    ['path', `/hooks/${spec?.name}`],
    ['source', `hook:${spec?.name}`],
    ['scheme', spec?.scheme ?? ''],
    ['rows', printable(spec?.rows || 'the whole body')],
    ['address', printable(spec?.address || 'the row')],
    ['duration', printable(spec?.duration || 'as long as the policy lets it')],
    ['why', printable(spec?.reason || '-')],
    ['unban if', printable(spec?.unbanIf || 'never')],
    ['policy', policy || 'none: it blocks nothing'],
    ['received', count(hook.received)],
    ['denied', count(hook.denied)],
    ['last', lastOf(hook, now)],
    ['declared', `${relative(Number(hook.createdAtMs), now)} by ${actor}`],
  ];
}

/** For scripts. */
export function hookJson({ spec, policy, actor, createdAtMs, received, denied, receivedAtMs }: Hook__Output): object {
  const { name = '', scheme = '', rows, address, duration, reason, unbanIf } = spec ?? {};
  return {
    ...{ name, scheme },
    ...{ rows: rows || null, address: address || null, duration: duration || null },
    ...{ why: reason || null, unbanIf: unbanIf || null, policy: policy || null },
    ...{ actor, createdAt: jsonTime(createdAtMs) },
    ...{ received: jsonInteger(received), denied: jsonInteger(denied), receivedAt: jsonTime(receivedAtMs) },
  };
}

function lastOf({ receivedAtMs }: Hook__Output, now: number): string {
  return receivedAtMs === '0' ? 'never' : relative(Number(receivedAtMs), now);
}
