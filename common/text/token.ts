// Tokens in text, each part base64url: `fbt1.<id>.<secret>.<pin>` enrolls a host, `fbo1.<id>.<secret>.<pin>` an operator;
// `fbk1.<id>.<secret>` is a key of the HTTP API.
import { FleetblockError } from '../errors.ts';

/** Of a host's or of an operator's token: their texts differ in the first word alone. */
export interface EnrollmentToken {
  /** Public name of the token: for listing, revoking and logs. */
  readonly id: string;
  /** 32 random bytes. Never logged, never in an error text. */
  readonly secret: Uint8Array;
  /** SHA-256 over the fleet root's SubjectPublicKeyInfo (DER), as in RFC 7469: checked before the secret is sent. */
  readonly pin: Uint8Array;
}

const FORM = /^fbt1\.([A-Za-z0-9_-]{8,32})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/** For a host: `fbt1.` The text holds the secret, and is shown once. */
export function formatToken(token: EnrollmentToken): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  return `fbt1.${token.id}.${text(token.secret)}.${text(token.pin)}`;
}

/** @throws FleetblockError INVALID_ARGUMENT; the message never repeats the text, which may be most of a secret. */
export function parseToken(text: string): EnrollmentToken {
  const [, id, secret, pin] = FORM.exec(text.trim()) ?? [];
  if (id === undefined || secret === undefined || pin === undefined)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'that is not an enrollment token: make one with fleetblock token create, and hand over the whole line that starts with fbt1.',
    );
  return { id, secret: Buffer.from(secret, 'base64url'), pin: Buffer.from(pin, 'base64url') };
}

/** The same for a person or a program: `fbo1.`. */
export function formatLoginToken(token: EnrollmentToken): string {
  return formatToken(token).replace(/^fbt1/, 'fbo1');
}

/** @throws FleetblockError INVALID_ARGUMENT; the message never repeats the text. */
export function parseLoginToken(text: string): EnrollmentToken {
  if (/^\s*fbo1\./.test(text) && FORM.test(text.trim().replace(/^fbo1/, 'fbt1')))
    return parseToken(text.trim().replace(/^fbo1/, 'fbt1'));
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    'that is not a login token: have one made with fleetblock operator token, and hand over the whole line that starts with fbo1.',
  );
}

/** `id` is public: for listing and logs. `secret`: 32 random bytes. */
export type ApiKey = Pick<EnrollmentToken, 'id' | 'secret'>;

/** Holds the secret, and is shown once. */
export function formatApiKey({ id, secret }: ApiKey): string {
  return `fbk1.${id}.${Buffer.from(secret).toString('base64url')}`;
}

/** Undefined: it is none. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, id, secret] = /^fbk1\.([A-Za-z0-9_-]{8,32})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret: Buffer.from(secret, 'base64url') };
}

/** For words that a person's input went into: whatever looks like a token, whole or cut, loses all but its first letters. */
export function withoutTokens(text: string): string {
  return text.replace(/fb([tok])1\.[A-Za-z0-9_.-]*/g, 'fb$11.[hidden]');
}
