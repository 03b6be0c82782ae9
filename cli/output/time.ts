// Times in tables: exact and in UTC where programs read, the local ones of a person on a terminal.
import type { Cli } from '../environment.ts';
import { jsonTime } from './json.ts';

/** Takes Unix milliseconds as the wire has them; 0 is `-`. On a terminal: today's without the date. */
export function timeText(cli: Cli): (ms: string) => string {
  if (!cli.stdout.isTTY) return (ms) => jsonTime(ms) ?? '-';
  const today = localDate(new Date(cli.now()));
  return (ms) => {
    if (ms === '0') return '-';
    const date = new Date(Number(ms));
    const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
    const day = localDate(date);
    return day === today ? time : `${day} ${time}`;
  };
}

function localDate(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const two = (part: number) => String(part).padStart(2, '0');
