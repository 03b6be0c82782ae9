// What one message of an agent may carry: an agent keeps to it, and a controller takes nothing beyond it. A certificate of one host must not be
// worth the memory of the controller, nor the replies to all who ask about the fleet.

import { ownCopy } from './text/own-copy.ts';

/** Most items of each kind in one message, unless a field says otherwise. `messageBytes`: of the whole message as it is encoded. */
export const AGENT_LIMITS = {
  messageBytes: 64 * 1024,
  interfaces: 128,
  problems: 16,
  protectedAddresses: 256,
  topSources: 20,
  endedPrefixes: 20,
  lapses: 16,
  dropRows: 1000,
  reports: 1000,
  machineFacts: 16,
  /** Characters of an id or a digest's bytes. */
  id: 64,
  /** Characters of names and versions. */
  name: 100,
  /** Characters of what is wrong with an interface. */
  interfaceProblem: 200,
  /** Characters of a sentence. */
  text: 300,
} as const;

/** Widest prefixes of addresses that a host has found by itself, bits; what its settings protect may be wider. */
export const WIDEST_PROTECTED = { 4: 24, 6: 56 } as const;
/** `why` of what a host's own settings protect. */
export const PROTECTED_BY_SETTING = 'setting';

/** A foreign text within a line: without what a terminal or a log would obey, cut to `most` characters. */
export function clipped(text: string, most: number = AGENT_LIMITS.text): string {
  const line = ownCopy(text.slice(0, most)).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
  return text.length > most ? `${line.slice(0, most - 3)}...` : line;
}
