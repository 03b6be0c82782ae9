// `fleetblock hosts`: table columns and JSON.
import type { Host__Output } from '../../../proto/gen/fleetblock/v1/Host.ts';
import { jsonInteger, jsonTime } from '../json.ts';
import type { Column } from '../table.ts';
import { bytes, count, firstNames, relative } from '../text.ts';
import { byText } from './host-notes.ts';

/** One element of `hosts -o json`: docs/cli.md names every field. */
export function hostJson(host: Host__Output): object {
  return {
    name: host.name,
    id: host.id,
    status: host.status,
    labels: host.labels,
    revision: jsonInteger(host.revision),
    entries: jsonInteger(host.entries),
    interfaces: host.interfaces.map(({ name, mode }) => ({ name, mode })),
    dropped: {
      packets: jsonInteger(host.counters?.droppedPackets ?? '0'),
      bytes: jsonInteger(host.counters?.droppedBytes ?? '0'),
    },
    lastSeen: jsonTime(host.lastSeenMs),
    version: host.agentVersion,
  };
}

/** Green is synced, yellow is behind, red is offline. */
export function statusColour(status: string): 'green' | 'yellow' | 'red' {
  if (status === 'synced') return 'green';
  return status === 'offline' ? 'red' : 'yellow';
}

/** `wide` adds bytes, labels, version, id and problems. `now`: Unix milliseconds. */
export function hostColumns(form: 'table' | 'wide', now: number): Column<Host__Output>[] {
  const columns: Column<Host__Output>[] = [
    { title: 'NAME', cell: (host) => host.name, flexible: form === 'table' },
    { title: 'STATUS', cell: (host) => host.status, colour: (host) => statusColour(host.status) },
    { title: 'REVISION', cell: (host) => host.revision, align: 'right' },
    { title: 'ENTRIES', cell: (host) => count(host.entries), align: 'right' },
    { title: 'INTERFACES', cell: interfacesText, flexible: form === 'table' },
    { title: 'DROPPED', cell: (host) => count(host.counters?.droppedPackets ?? '0'), align: 'right' },
  ];
  if (form === 'wide')
    columns.push({ title: 'BYTES', cell: (host) => bytes(host.counters?.droppedBytes ?? '0'), align: 'right' });
  columns.push({ title: 'LAST SEEN', cell: (host) => lastSeen(host, now) });
  if (form === 'wide')
    columns.push(
      { title: 'LABELS', cell: labelsText },
      { title: 'VERSION', cell: (host) => host.agentVersion || '-' },
      { title: 'ID', cell: (host) => host.id },
      { title: 'PROBLEMS', cell: (host) => problemsOf(host).join('; ') || '-' },
    );
  return columns;
}

/** What is wrong with a host, one sentence each, and each once: agents report an interface's trouble in both places. */
export function problemsOf(host: Host__Output): string[] {
  const interfaces = host.interfaces
    .filter(({ name, problem }) => problem !== '' && !host.problems.some((text) => tells(text, name, problem)))
    .map(({ name, problem }) => (problem.includes(name) ? problem : `${name}: ${problem}`));
  return [...new Set([...host.problems, ...interfaces])];
}

function tells(text: string, name: string, problem: string): boolean {
  return text.includes(problem) && (text.includes(name) || text === problem);
}

/** What is wrong with these hosts; those with the same trouble share a line. */
export function problemLines(hosts: readonly Host__Output[]): string[] {
  const problems = hosts.flatMap((host) => problemsOf(host).map((text) => ({ name: host.name, text })));
  return byText(problems, ({ text }) => text).map(([text, having]) =>
    having.length === 1 ? `${having[0].name}: ${text}` : `${having.length} hosts (${firstNames(having)}): ${text}`,
  );
}

function interfacesText(host: Host__Output): string {
  return host.interfaces.map(({ name, mode }) => `${name} ${mode}`).join(', ') || '-';
}

function labelsText(host: Host__Output): string {
  const labels = Object.entries(host.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return labels.map(([key, value]) => `${key}=${value}`).join(',') || '-';
}

function lastSeen(host: Host__Output, now: number): string {
  return host.lastSeenMs === '0' ? 'never' : relative(Number(host.lastSeenMs), now);
}
