// A CrowdSec LAPI as the source of a feed: this controller is one of its bouncers, and asks every second for what is new.
// docs/decisions/0076.
import { randomBytes } from 'node:crypto';
import { unpackedWhole } from '../../../common/lists/unpacked.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Feed } from '../feed.ts';
import { get } from '../http/get.ts';
import type { Found, Look, OpenSource, Source } from '../source.ts';
import { Decisions, readStream } from './decisions.ts';

/**
 * Two pulls do not overlap, and what LAPI was writing at the time of one of them is in neither. So everything is asked for now and then: as
 * often as it takes a hundredth of the time, within these bounds in milliseconds, and when a burst of decisions is over.
 */
const WHOLE = { share: 0.01, leastMs: 30_000, mostMs: 3_600_000 };
const BURST = 100;

/** By the key of the feed, which `cscli bouncers add` prints. */
export function lapiSources(clock: Clock): OpenSource {
  return (feed, key) => new LapiSource(feed, key, clock);
}

class LapiSource implements Source {
  readonly leastMs = 0;
  readonly #feed: Feed;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #decisions = new Decisions();
  /** What was heard may have a gap: everything is asked for. */
  #gap = true;
  /** When everything is asked for at the latest, Unix milliseconds. */
  #wholeMs = 0;
  #burst = false;
  /** Names what the decisions are now: a feed that remembers it has them in force. */
  #mark = '';
  /** Everything that changed since then, LAPI has said to have come or gone: it is meant, were it all that there is. */
  #explicit = false;

  constructor(feed: Feed, key: string, clock: Clock) {
    this.#feed = feed;
    this.#key = key;
    this.#clock = clock;
  }

  async look({ state, conditional, signal }: Look): Promise<Found> {
    const inForce = conditional && state.digest === this.#mark;
    if (inForce || state.rows === 0) this.#explicit = true;
    const startedMs = this.#clock.wallMs();
    const whole = this.#gap || !conditional || startedMs >= this.#wholeMs;
    // LAPI says everything once: what of this answer is not read is lost.
    this.#gap = true;
    const stream = readStream(await this.#pull(whole, signal));
    const nowMs = this.#clock.wallMs();
    const { changed, lost } = whole
      ? this.#decisions.replace(stream, nowMs)
      : { changed: this.#decisions.follow(stream, nowMs), lost: 0 };
    this.#gap = this.#decisions.inDoubt;
    const { length: came } = stream.new ?? [];
    if (whole)
      this.#wholeMs = nowMs + Math.min(Math.max((nowMs - startedMs) / WHOLE.share, WHOLE.leastMs), WHOLE.mostMs);
    else if (came === 0 && this.#burst) this.#gap = true;
    this.#burst = !whole && (came >= BURST || (this.#burst && came > 0));
    if (lost > 0) this.#explicit = false;
    if (changed || this.#mark === '') this.#mark = randomBytes(9).toString('base64url');
    else if (inForce) return { kind: 'unchanged' };
    return {
      kind: 'list',
      slices: this.#decisions.slices(nowMs),
      digest: this.#mark,
      marks: { digest: this.#mark },
      mayBeCut: true,
      // An attack makes thousands of decisions at once.
      meant: this.#explicit ? ['GROWS', 'SHRINKS'] : ['GROWS'],
      notes: this.#decisions.notes(),
    };
  }

  async #pull(whole: boolean, signal: AbortSignal): Promise<string> {
    const { url, allowPrivate } = this.#feed;
    const base = url.endsWith('/') ? url : `${url}/`;
    const { body, packed } = await get({
      // Without dedup: it leaves out one of two decisions on an address, whose end is then never heard of.
      url: new URL(`v1/decisions/stream?startup=${whole}&dedup=false`, base),
      secret: { 'x-api-key': this.#key },
      etag: '',
      lastModified: '',
      allowPrivate,
      signal,
    });
    return (packed ? await unpackedWhole(body) : body).toString();
  }
}
