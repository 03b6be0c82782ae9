// A report and the lines in which programs on this host say it. One line per report, one per answer:
//
//   ban 198.51.100.7 fail2ban:sshd 600        queued
//   unban 198.51.100.7 fail2ban:sshd wait     taken
//   ban 198.51.100.7/24 fail2ban:sshd         refused 198.51.100.7/24 has host bits set: ...
import { FleetblockError } from '../../common/errors.ts';
import { parseDuration } from '../../common/text/duration.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { isSource } from '../../common/text/source.ts';

/** What a detector on this host has decided about one address. */
export interface Report {
  readonly unban: boolean;
  /** Canonical. */
  readonly prefix: string;
  /** `fail2ban:sshd` */
  readonly source: string;
  /** Unix milliseconds; 0: as long as the fleet's policy lets it. */
  readonly untilMs: number;
}

/** One line of the socket. */
export interface Asked {
  readonly report: Report;
  /** For the controller's answer; otherwise the agent answers once it keeps the report. */
  readonly wait: boolean;
}

const FORM = 'write: ban|unban ADDRESS SOURCE [TIME] [wait], such as ban 198.51.100.7 fail2ban:sshd 600';

/** @throws FleetblockError INVALID_ARGUMENT: what is wrong with it */
export function parseLine(line: string, nowMs: number): Asked {
  const words = line.split(/[ \t]+/).filter((word) => word !== '');
  const wait = words.at(-1) === 'wait';
  const [verb, address, source, time, ...more] = wait ? words.slice(0, -1) : words;
  if ((verb !== 'ban' && verb !== 'unban') || address === undefined || source === undefined || more.length > 0)
    throw new FleetblockError('INVALID_ARGUMENT', `${JSON.stringify(line.slice(0, 80))} is no report: ${FORM}`);
  return { report: { unban: verb === 'unban', ...checked(address, source, time, nowMs) }, wait };
}

function checked(address: string, source: string, time: string | undefined, nowMs: number): Omit<Report, 'unban'> {
  if (!isSource(source))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(source.slice(0, 64))} is not a source: write KIND:NAME in lower case, such as fail2ban:sshd`,
    );
  const ttlMs = time === undefined ? 0 : ttlOf(time);
  return { prefix: formatPrefix(parsePrefix(address)), source, untilMs: ttlMs === 0 ? 0 : nowMs + ttlMs };
}

/** Milliseconds; 0 for no end. A bare number is seconds, and a negative one has no end, as fail2ban writes it. */
function ttlOf(time: string): number {
  if (/^-[0-9]+$/.test(time)) return 0;
  return parseDuration(/^[0-9]+$/.test(time) ? `${time}s` : time);
}
