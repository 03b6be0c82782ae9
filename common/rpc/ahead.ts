// What a call that waits for hosts says ahead of its answer: that its change is committed, and by what id to ask how far it is.
import { Metadata } from '@grpc/grpc-js';
import { parseRevision, type Revision } from '../revision.ts';

export interface Ahead {
  /** The store's revision that holds the change. */
  readonly revision: Revision;
  /** For CheckWait. */
  readonly wait: string;
}

const REVISION = 'fleetblock-revision';
const WAIT = 'fleetblock-wait';

export function aheadToMetadata({ revision, wait }: Ahead): Metadata {
  const metadata = new Metadata();
  metadata.set(REVISION, String(revision));
  metadata.set(WAIT, wait);
  return metadata;
}

/** Undefined: nothing of this kind, as in most metadata. @throws FleetblockError INVALID_ARGUMENT: a revision that is none */
export function aheadFromMetadata(metadata: Metadata): Ahead | undefined {
  const [revision] = metadata.get(REVISION);
  const [wait] = metadata.get(WAIT);
  if (typeof revision !== 'string' || typeof wait !== 'string') return undefined;
  return { revision: parseRevision(revision), wait };
}
