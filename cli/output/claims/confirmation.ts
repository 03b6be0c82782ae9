// Changes that wait to be confirmed, in words and in JSON.
import { formatDuration } from '../../../common/text/duration.ts';
import type { Confirmation__Output } from '../../../proto/gen/fleetblock/v1/Confirmation.ts';
import { jsonTime } from '../json.ts';
import { printable } from '../text.ts';

/** One element of `confirm -o json` and of `status -o json`. */
export interface ConfirmationJson {
  readonly id: string;
  readonly seconds: number;
  readonly deadline: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly forced: boolean;
  readonly prefixes: readonly string[];
  readonly claims: number;
}

/** `seconds` left are the controller's count; `deadline` is its clock, in ISO 8601. */
export function confirmationJson(waiting: Confirmation__Output): ConfirmationJson {
  const { id, remainingMs, deadlineMs, actor, reason, forced, prefixes, claims } = waiting;
  const seconds = secondsLeft(remainingMs);
  return { id, seconds, deadline: jsonTime(deadlineMs), actor, reason, forced, prefixes, claims };
}

/** For stderr, below the proof of a change. */
export function confirmNote({ id, remainingMs }: Confirmation__Output): string {
  return `to confirm: fleetblock confirm ${printable(id)} within ${formatDuration(Number(remainingMs))}, or it is undone on every host`;
}

/** Rounded down: the reader has at least that long. */
export function secondsLeft(remainingMs: string): number {
  return Math.floor(Number(remainingMs) / 1000);
}
