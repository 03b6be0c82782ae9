// Which prefixes of a block pass as a whole on a host: by one allow entry, or by several that make them up together.
import { formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import { selectorMatches } from '../../../common/text/selector.ts';
import { makesUp } from '../../claims/guard/prefix-set.ts';
import type { HostRecord } from '../../store/records.ts';
import type { AllowLayer } from './allow-index.ts';
import type { Hit, Meetings } from './meetings.ts';

/** A prefix that passes as a whole. */
export interface Passing {
  readonly prefix: Prefix;
  readonly because: readonly Hit[];
}

/** What passes by layers alone: found once for all hosts that have the same. */
interface OfLayers {
  readonly layers: ReadonlySet<Hit['by']>;
  readonly passing: readonly Passing[];
}

/** One computation per set of layers, not per host. */
export class ByLayers {
  readonly #met: Meetings;
  readonly #layers: readonly AllowLayer[];
  readonly #known = new Map<string, OfLayers>();

  /** `met`: all that layers have. */
  constructor(met: Meetings) {
    this.#met = met;
    const all = [...met.all()].flatMap(({ ofLayers }) => ofLayers.flatMap(({ by }) => ('host' in by ? [] : [by])));
    this.#layers = [...new Set(all)];
  }

  of(host: HostRecord): OfLayers {
    const ours = this.#layers.filter(({ selector }) => selectorMatches(selector, host));
    const key = ours.map(({ id }) => id).join('\n');
    const known = this.#known.get(key) ?? this.#find(new Set<Hit['by']>(ours));
    this.#known.set(key, known);
    return known;
  }

  #find(layers: ReadonlySet<Hit['by']>): OfLayers {
    const passing = [...this.#met.all()].flatMap(({ prefix, ofLayers }) => {
      const because = wholeBy(
        prefix,
        ofLayers.filter(({ by }) => layers.has(by)),
      );
      return because ? [{ prefix, because }] : [];
    });
    return { layers, passing };
  }
}

/** What passes on a host that has these layers and protects addresses of its own. */
export function passing(
  met: Meetings,
  { layers, passing: already }: OfLayers,
  own: readonly Hit[],
): readonly Passing[] {
  if (own.length === 0) return already;
  const byPrefix = Map.groupBy(own, ({ prefix }) => formatPrefix(prefix));
  for (const { prefix } of already) byPrefix.delete(formatPrefix(prefix));
  const more = [...byPrefix.values()].flatMap((hits) => {
    const [{ prefix } = { prefix: undefined }] = hits;
    if (!prefix) return [];
    const ofLayers = met.of(prefix)?.ofLayers.filter(({ by }) => layers.has(by)) ?? [];
    const because = wholeBy(prefix, [...ofLayers, ...hits]);
    return because ? [{ prefix, because }] : [];
  });
  return [...already, ...more];
}

/** The hits by which all of the prefix passes, if it does. */
function wholeBy(prefix: Prefix, hits: readonly Hit[]): readonly Hit[] | undefined {
  const whole = hits.find((hit) => hit.whole);
  if (whole) return [whole];
  const entries = hits.map(({ entry }) => entry);
  return makesUp(prefix, entries) ? hits : undefined;
}
