// The decisions of a CrowdSec LAPI, by their ids: several may be about one address, and the end of one leaves the others.
import { z } from 'zod';
import { type Entry, type PackedEntries, packEntries } from '../../../common/entries/packed.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { goDurationMs } from '../../../common/text/go-duration.ts';
import { maskAddress, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';

const row = z.object({
  id: z.number(),
  type: z.string(),
  scope: z.string(),
  value: z.string(),
  duration: z.string(),
});
const rows = z.array(row).nullish();
const answer = z.object({ new: rows, deleted: rows });

/** What LAPI says in one answer of its stream. */
export type Stream = z.infer<typeof answer>;

/** `endsMs`: Unix milliseconds. */
interface Decision {
  readonly prefix: Prefix;
  readonly endsMs: number;
}

const ROWS_PER_SLICE = 8192;
/** Kinds of decisions that are named as left out, and how long each name is. */
const MAX_KINDS = 10;
const MAX_KIND = 60;

/** @throws FleetblockError UNAVAILABLE: it is cut off, or no answer of a LAPI */
export function readStream(body: string): Stream {
  try {
    return answer.parse(JSON.parse(body));
  } catch (error) {
    throw new FleetblockError('UNAVAILABLE', 'what LAPI answered is cut off, or is no stream of decisions', {
      cause: error,
    });
  }
}

/** Bans of addresses and ranges; what else LAPI decides is left out. */
export class Decisions {
  #byId = new Map<number, Decision>();
  /** Missing from the last whole answer, which may have been a part: they go when the next one has not got them either. */
  #missing = new Set<number>();
  /** Decisions of the last answer that are none of ours, by what they are. */
  #leftOut = new Map<string, number>();

  /** Whether a whole answer must be looked at again. */
  get inDoubt(): boolean {
    return this.#missing.size > 0;
  }

  /** For people: what of the last answer was left out. */
  notes(): string[] {
    if (this.#leftOut.size === 0) return [];
    const kinds = [...this.#leftOut].map(([kind, count]) => `${kind} (${count})`);
    return [`left out, as only bans of addresses and ranges are taken: ${kinds.join(', ')}`];
  }

  /** What came and went since the last answer. @returns whether anything did */
  follow(stream: Stream, nowMs: number): boolean {
    let changed = this.#dropEnded(nowMs);
    for (const { id } of stream.deleted ?? []) changed = this.#byId.delete(id) || changed;
    return this.#add(stream, nowMs) || changed;
  }

  /** Everything there is. `lost`: how many went of which LAPI has not said that they did. */
  replace(stream: Stream, nowMs: number): { readonly changed: boolean; readonly lost: number } {
    const changed = this.follow(stream, nowMs);
    const there = new Set((stream.new ?? []).map(({ id }) => id));
    const missing = [...this.#byId.keys()].filter((id) => !there.has(id));
    const lost = missing.filter((id) => this.#missing.has(id));
    for (const id of lost) this.#byId.delete(id);
    this.#missing = new Set(missing.filter((id) => this.#byId.has(id)));
    return { changed: changed || lost.length > 0, lost: lost.length };
  }

  /** Each prefix once, until the latest end. */
  slices(nowMs: number): PackedEntries<'left'>[] {
    const latest = new Map<string, Decision>();
    for (const decision of this.#byId.values()) {
      const { family, address, length } = decision.prefix;
      const key = `${family} ${Buffer.from(address).toString('latin1')} ${length}`;
      if ((latest.get(key)?.endsMs ?? 0) < decision.endsMs) latest.set(key, decision);
    }
    const entries = [...latest.values()].map(({ prefix, endsMs }): Entry => {
      return { prefix, action: 'block', ttlMs: Math.max(1, endsMs - nowMs) };
    });
    const slices: PackedEntries<'left'>[] = [];
    for (let from = 0; from < entries.length; from += ROWS_PER_SLICE)
      slices.push(packEntries(entries.slice(from, from + ROWS_PER_SLICE)));
    return slices;
  }

  #add({ new: added }: Stream, nowMs: number): boolean {
    let changed = false;
    this.#leftOut.clear();
    for (const { id, type, scope, value, duration } of added ?? []) {
      const isOurs = type === 'ban' && ['ip', 'range'].includes(scope.toLowerCase());
      const prefix = isOurs ? prefixOf(value) : undefined;
      if (!prefix) {
        const kind = isOurs ? 'ban of what is no address' : `${type} of ${scope}`.slice(0, MAX_KIND);
        if (this.#leftOut.has(kind) || this.#leftOut.size < MAX_KINDS)
          this.#leftOut.set(kind, (this.#leftOut.get(kind) ?? 0) + 1);
        continue;
      }
      const leftMs = goDurationMs(duration) ?? 0;
      // A decision that is known never changes: its end is not counted again.
      if (leftMs <= 0 || this.#byId.has(id)) continue;
      this.#byId.set(id, { prefix, endsMs: nowMs + leftMs });
      changed = true;
    }
    return changed;
  }

  #dropEnded(nowMs: number): boolean {
    let any = false;
    for (const [id, { endsMs }] of this.#byId) if (endsMs <= nowMs) any = this.#byId.delete(id) || any;
    return any;
  }
}

/** Host bits are cleared. Undefined: no prefix. */
function prefixOf(value: string): Prefix | undefined {
  const [address = '', length] = value.split('/');
  try {
    const whole = parsePrefix(address);
    const bits = length === undefined ? whole.length : Number(length);
    if (!Number.isInteger(bits) || bits < 0 || bits > whole.length) return undefined;
    return { ...whole, address: maskAddress(whole.address, bits), length: bits };
  } catch {
    return undefined;
  }
}
