// The forms that a list may have, and which of them a file has.
import { byEachLine, type Form, type LineForm } from './form.ts';
import { nginx, routeros } from './forms/commands.ts';
import { csv } from './forms/csv.ts';
import { ipset } from './forms/ipset.ts';
import { iptables } from './forms/iptables.ts';
import { json } from './forms/json.ts';
import { plain } from './forms/plain.ts';
import { dshield, emule, p2p, startEnd } from './forms/ranges.ts';
import { nft } from './forms/sets.ts';
import { counted, fail2ban, geofeed, hosts } from './forms/tables.ts';
import { LineReader, significant } from './lines.ts';
import { bad } from './rows.ts';

/** Of those that fit equally well the first counts. */
export const FORMS: readonly Form[] = [
  plain,
  json,
  // Its heading is one of CSV, too.
  lineForm(dshield),
  csv,
  ipset,
  nft,
  routeros,
  ...[counted, startEnd, geofeed, p2p, emule, fail2ban, hosts, nginx, iptables].map(lineForm),
];

/** The choices of `--format`, `auto` first. */
export const LIST_FORMATS: readonly string[] = ['auto', ...FORMS.map(({ name }) => name)];

/** Lines at the head of a file that are examined. */
const SAMPLED = 50;
/** Characters of such a line. */
const SAMPLED_LENGTH = 512;

/** First bytes of what is no text, and what to do with it. */
const NO_TEXT: readonly (readonly [number[], string])[] = [
  [[0x50, 0x4b, 3, 4], 'is a zip archive: unpack it'],
  [[0x42, 0x5a, 0x68], 'is compressed by bzip2: unpack it'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'is compressed by xz: unpack it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is compressed by zstd: unpack it'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'is a 7-Zip archive: unpack it'],
  [[0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42], "is PeerGuardian's binary form (.p2b): take the list as text (.p2p)"],
  [[0xff, 0xfe], 'is UTF-16: make it UTF-8 (iconv -f UTF-16 -t UTF-8)'],
  [[0xfe, 0xff], 'is UTF-16: make it UTF-8 (iconv -f UTF-16 -t UTF-8)'],
];

/**
 * The form of which a file begins: the one that reads most of its first lines. A file that fits none is plain: its errors are the
 * easiest to understand.
 * @throws FleetblockError INVALID_ARGUMENT: it is no list at all.
 */
export function recognize(head: Buffer): Form {
  for (const [magic, what] of NO_TEXT) if (magic.every((byte, i) => head[i] === byte)) throw bad(`it ${what}`);
  const all = head.toString('utf8').split('\n');
  // The last one may be cut.
  const whole = all.length > 1 ? all.slice(0, -1) : all;
  const lines: string[] = [];
  for (const line of whole) {
    const text = significant(line.slice(0, SAMPLED_LENGTH));
    if (text !== '') lines.push(text);
    if (lines.length === SAMPLED) break;
  }
  if (lines[0]?.startsWith('<'))
    throw bad('it is a page of HTML or XML, not a list: is it an error page, or one to log in?');
  const fits = FORMS.map((form) => form.recognizes(lines));
  const best = Math.max(...fits);
  return FORMS.find((_, i) => fits[i] === best) ?? plain;
}

/** Undefined for `auto`, too: then the file itself decides, by recognize(). */
export function formNamed(name: string): Form | undefined {
  return FORMS.find((form) => form.name === name);
}

/** The form that `at` is a place in. @throws FleetblockError INVALID_ARGUMENT: `format` is another one. */
export function formAt(at: string, format: string): Form {
  const form = FORMS.find(({ name, places }) => places?.test(at) && (format === 'auto' || format === name));
  if (!form)
    throw bad(`--at ${at} is no place in ${format}: it is a column of csv, or a pointer into json (/data/*/ip)`);
  return form;
}

function lineForm(form: LineForm): Form {
  const { name, summary, sample, line } = form;
  return { name, summary, sample, recognizes: byEachLine(line), read: (rows) => new LineReader(form, rows) };
}
