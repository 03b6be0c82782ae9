// What a call that waits for hosts says ahead of its answer: that its change is committed, and by what id to ask how far it is.
import { parseRevision, type Revision } from '../revision.ts';

/** Lets a caller whose wait is cut off ask how far the change is, instead of making it again. */
export interface Ahead {
  /** The store's revision that holds the change. */
  readonly revision: Revision;
  /** For CheckWait. */
  readonly wait: string;
}

const REVISION = 'fleetblock-revision';
const WAIT = 'fleetblock-wait';

/** As response headers. */
export function aheadToHeaders({ revision, wait }: Ahead): Record<string, string> {
  return { [REVISION]: String(revision), [WAIT]: wait };
}

/** Undefined: nothing of this kind, as in most headers. @throws FleetblockError INVALID_ARGUMENT: a revision that is none */
export function aheadFromHeaders(headers: Readonly<Record<string, unknown>>): Ahead | undefined {
  const { [REVISION]: revision, [WAIT]: wait } = headers;
  if (typeof revision !== 'string' || typeof wait !== 'string') return undefined;
  return { revision: parseRevision(revision), wait };
}
