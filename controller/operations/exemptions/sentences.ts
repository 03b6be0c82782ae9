// Sentences about what passes: which prefix, by whose allow entry.

import { hasEnded } from '../../../common/precedence.ts';
import { listOfOrigin } from '../../../common/text/origin.ts';
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../../common/text/selector.ts';
import type { Claim } from '../../claims/claim.ts';
import type { Store } from '../../store/store.ts';
import type { AllowLayer } from './allow-index.ts';
import { type Hit, MAX_NAMED, type Meetings } from './meetings.ts';
import type { Passing } from './passing.ts';

const MAX_WARNINGS = 20;

/** The text of a host's ALLOWED refusal. `others`: how many more of the prefixes pass on that host. */
export async function refusalText({ prefix, because }: Passing, others: number, names: Names): Promise<string> {
  const more = others > 0 ? ` (and ${others} more of the prefixes)` : '';
  return `${formatPrefix(prefix)}${more} goes on passing here: ${await named(because, names, 0)}; an allow entry wins over every block`;
}

/** One sentence per prefix of which parts pass, 20 at most and then one that says that there are more. */
export async function warningsOf(met: Meetings, names: Names): Promise<string[]> {
  const warnings: string[] = [];
  for (const { prefix, parts, count } of met.all()) {
    if (count === 0) continue;
    if (warnings.length === MAX_WARNINGS) {
      warnings.push('parts of more prefixes go on passing: see fleetblock allow list');
      break;
    }
    warnings.push(`parts of ${formatPrefix(prefix)} go on passing: ${await named(parts, names, count - parts.length)}`);
  }
  return warnings;
}

/** `198.51.100.7/32 (allowed by manual on all), 192.168.1.1/32 (own address of host1) and 3 more`. */
async function named(hits: readonly Hit[], names: Names, uncounted: number): Promise<string> {
  const shown = await Promise.all(hits.slice(0, MAX_NAMED).map((hit) => names.of(hit)));
  const more = hits.length + uncounted - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The origin of an allow entry: looked up once, because a thousand hosts have the same. */
export class Names {
  readonly #known = new Map<string, Promise<string>>();
  readonly #store: Pick<Store, 'claims'>;
  readonly #nowMs: number;

  constructor(store: Pick<Store, 'claims'>, nowMs: number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  of({ entry, by }: Hit): Promise<string> {
    const text = formatPrefix(entry);
    if ('host' in by) return Promise.resolve(`${text} (protected by ${by.host.name} itself: ${by.why})`);
    const key = `${by.id} ${text}`;
    const known = this.#known.get(key) ?? this.#ofLayer(entry, by);
    this.#known.set(key, known);
    return known;
  }

  async #ofLayer(entry: Prefix, { id, selector }: AllowLayer): Promise<string> {
    const [list = ''] = id.split(' ');
    const origins = listOfOrigin(list) !== undefined ? [list] : await this.#origins(entry, selector);
    return `${formatPrefix(entry)} (allowed by ${origins.join(', ')} on ${formatSelector(selector)})`;
  }

  async #origins(entry: Prefix, selector: Selector): Promise<string[]> {
    const wanted = formatSelector(selector);
    const says = (claim: Claim) =>
      claim.prefix.length === entry.length &&
      formatSelector(claim.selector) === wanted &&
      !hasEnded(claim.expiresMs, this.#nowMs);
    const origins: string[] = [];
    for await (const batch of this.#store.claims({ actions: ['allow'], covering: entry }))
      origins.push(...batch.filter(says).map((claim) => claim.origin));
    return origins;
  }
}
