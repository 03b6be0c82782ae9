// Small pieces of text that all tables and sentences share.
import { formatDuration } from '../../common/text/duration.ts';

/** Thousands separated: `1,234,567`. Takes what the wire has: decimal strings too. */
export function count(value: number | string): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 host`, `3 hosts`; `n` is grouped. */
export function plural(n: number | string, one: string, many = `${one}s`): string {
  return `${count(n)} ${Number(n) === 1 ? one : many}`;
}

/** `web1, web2, web3`, and `...` for more. */
export function firstNames(items: readonly { readonly name: string }[], most = 3): string {
  const names = items.slice(0, most).map(({ name }) => name);
  return [...names, ...(items.length > most ? ['...'] : [])].join(', ');
}

/** At most `width` characters. */
export function clipped(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Texts of other people on a terminal: control characters could move the cursor, and marks of direction turn what is read. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Unix milliseconds to `3s ago`, `in 4h`, `now`. */
export function relative(ms: number, now: number): string {
  const distance = ms - now;
  if (Math.abs(distance) < 1000) return 'now';
  return distance > 0 ? `in ${formatDuration(distance)}` : `${formatDuration(-distance)} ago`;
}

/** Bytes in binary units: `512 B`, `1.2 MiB`. */
export function bytes(value: number | string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let rest = Number(value);
  let unit = 0;
  for (; rest >= 1024 && unit < units.length - 1; unit++) rest /= 1024;
  return unit === 0 ? `${rest} B` : `${rest.toFixed(rest < 10 ? 1 : 0)} ${units[unit]}`;
}

/** How long something took: `9 ms`, `9.5 s`. */
export function elapsedText(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}
