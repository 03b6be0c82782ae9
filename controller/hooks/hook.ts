// What a webhook is: the document that an admin declares, and the secret that its sender has.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';
import { parseDuration } from '../../common/text/duration.ts';
import { isSourceName } from '../../common/text/source.ts';
import { HOOK } from '../detectors/policy.ts';
import { isPointer } from './pointer.ts';
import { isScheme, type Scheme } from './signature.ts';

const declared = z.object({
  name: z.string(),
  scheme: z.string().refine(isScheme),
  /** Pointer into the body: an array of rows, or the only row. */
  rows: z.string(),
  /** Pointer into a row. */
  address: z.string(),
  /** A duration, or a pointer into a row. */
  duration: z.string(),
  /** A text, or a pointer into a row. */
  reason: z.string(),
  /** `POINTER=VALUE`, the pointer into a row. */
  unbanIf: z.string(),
  /** Who declared it, and when: Unix milliseconds. */
  actor: z.string(),
  createdMs: z.number(),
});

/** What other programs may post, and how it is read. Kept as it is, as JSON. */
export type Hook = Readonly<z.infer<typeof declared>>;

/** How a body is read. */
export type Mapping = Pick<Hook, 'rows' | 'address' | 'duration' | 'reason' | 'unbanIf'>;

/** For settings: `hook` is declared, `hook-secret` is what its sender signs with, which no answer has, `hook-ahead` how far ahead its sender's clock was. */
export const KINDS = { hook: 'hook', secret: 'hook-secret', ahead: 'hook-ahead' } as const;

const SHORTEST_SECRET = 16;
const LONGEST_SECRET = 1024;
const LONGEST_TEXT = 200;

/** @throws ZodError, SyntaxError: not what this program wrote */
export function readHook(body: string): Hook {
  return declared.parse(JSON.parse(body));
}

/** In the audit, and as who claims are by. */
export function actorOf(name: string): string {
  return `${HOOK}/${name}`;
}

/** Under which it reports: the policy of detectors is for this. */
export function sourceOf(name: string): string {
  return `${HOOK}:${name}`;
}

/** The secrets of which any is good: one per line. */
export function secretsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

/** As it came, checked. @throws FleetblockError INVALID_ARGUMENT naming the fix, and nothing of the secret */
export function checkedHook(hook: Omit<Hook, 'scheme'> & { readonly scheme: string }, secret: string): Hook {
  const { scheme } = hook;
  if (!isSourceName(hook.name))
    throw bad(
      `${quoted(hook.name)} cannot be a webhook's name: use at most 31 lower-case letters, digits, dots, underscores and hyphens`,
    );
  if (!isScheme(scheme)) throw bad(`${quoted(scheme)} is not a scheme: standard, grafana, github or bearer`);
  for (const [flag, text] of [
    ['--rows', hook.rows],
    ['--address', hook.address],
  ] as const)
    if (text !== '' && !isPointer(text))
      throw bad(`${flag} ${quoted(text)} is not a JSON pointer: write one like /alerts`);
  for (const text of [hook.rows, hook.address, hook.duration, hook.reason, hook.unbanIf])
    if (text.length > LONGEST_TEXT) throw bad(`a pointer or a text is longer than ${LONGEST_TEXT} characters`);
  if (hook.duration !== '' && !isPointer(hook.duration)) parseDuration(hook.duration);
  if (hook.unbanIf !== '' && !/^\/[^=]*=./.test(hook.unbanIf))
    throw bad(`--unban-if ${quoted(hook.unbanIf)} is not POINTER=VALUE: write one like /status=resolved`);
  checkSecret(secret, scheme);
  return { ...hook, scheme };
}

function checkSecret(text: string, scheme: Scheme): void {
  const secrets = secretsOf(text);
  if (secrets.length < 1 || secrets.length > 2)
    throw bad('a secret is one line, or two while its sender gets a new one: use --secret-file');
  for (const secret of secrets) {
    if (!/^[\x21-\x7e]+$/.test(secret) || secret.length < SHORTEST_SECRET || secret.length > LONGEST_SECRET)
      throw bad(
        `a secret is ${SHORTEST_SECRET} to ${LONGEST_SECRET} printable characters without blanks: make one with openssl rand -hex 32`,
      );
    if (scheme === 'standard' && secret.startsWith('whsec_') && !/^whsec_[A-Za-z0-9+/]{22,}={0,2}$/.test(secret))
      throw bad('a secret that begins with whsec_ is base64 after that: copy all of it');
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function bad(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
