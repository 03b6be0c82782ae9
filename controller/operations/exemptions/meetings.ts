// Where allow entries meet the prefixes of a block, and what of it is kept: all that may make up a prefix, the first of the rest.
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import type { HostRecord } from '../../store/records.ts';
import type { AllowLayer } from './allow-index.ts';

/** An allow entry that meets one of the prefixes. */
export interface Hit {
  readonly prefix: Prefix;
  readonly entry: Prefix;
  /** It covers all of the prefix; else it is a part. */
  readonly whole: boolean;
  readonly by: AllowLayer | { readonly host: HostRecord; readonly why: string };
}

/** Parts of one prefix that are handled one by one; more are counted. */
const MAX_PARTS = 1000;
/** Parts that are named. */
export const MAX_NAMED = 3;

/** What layers allow of a prefix, and the parts that hosts let through by themselves. */
interface Meeting {
  readonly prefix: Prefix;
  readonly ofLayers: Hit[];
  /** The first parts, and how many there are. */
  readonly parts: Hit[];
  count: number;
}

/**
 * Made for one block. Keeps 1,000 partial hits per prefix from layers and counts the rest, so that a long allow list cannot fill memory.
 */
export class Meetings {
  /** By canonical text. */
  readonly #byPrefix = new Map<string, Meeting>();

  get empty(): boolean {
    return this.#byPrefix.size === 0;
  }

  all(): Iterable<Meeting> {
    return this.#byPrefix.values();
  }

  of(prefix: Prefix): Meeting | undefined {
    return this.#byPrefix.get(formatPrefix(prefix));
  }

  /** Of a layer. */
  add(hit: Hit): void {
    const { ofLayers } = hit.whole ? this.#meeting(hit.prefix) : this.addPart(hit);
    if (hit.whole || ofLayers.length < MAX_PARTS) ofLayers.push(hit);
  }

  addPart(hit: Hit): Meeting {
    const meeting = this.#meeting(hit.prefix);
    meeting.count++;
    if (meeting.parts.length < MAX_NAMED) meeting.parts.push(hit);
    return meeting;
  }

  #meeting(prefix: Prefix): Meeting {
    const key = formatPrefix(prefix);
    const known = this.#byPrefix.get(key) ?? { prefix, ofLayers: [], parts: [], count: 0 };
    this.#byPrefix.set(key, known);
    return known;
  }
}
