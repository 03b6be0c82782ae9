// What else a controller sends down a Sync stream: encoded once for all hosts that get the same, and decoded by the generated codec.

import type { Digest } from '../entries/digest.ts';
import type { PackedEntries } from '../entries/packed.ts';
import type { Revision } from '../revision.ts';
import { encodePacked } from './delta.ts';
import {
  CONTROLLER_MESSAGE,
  DROP_WATCH,
  LOOKUP,
  PING,
  SNAPSHOT_BEGIN,
  SNAPSHOT_CHUNK,
  SNAPSHOT_END,
  WELCOME,
} from './fields.ts';
import { bytesField, messageField, textField, varintField } from './protobuf.ts';

/** Settings of a session. Times in milliseconds; `sessionKey` is shown again in the host's next Hello. */
export interface Welcome {
  readonly protocol: number;
  readonly epoch: string;
  readonly hostName: string;
  readonly statusIntervalMs: number;
  readonly silenceLimitMs: number;
  readonly reconnectLimitMs: number;
  readonly sessionKey: Uint8Array;
  /** Reports of detectors are answered. */
  readonly takesReports: boolean;
}

/** As every encoder here: @returns a whole ControllerMessage */
export function encodeWelcome(welcome: Welcome): Buffer {
  return messageField(CONTROLLER_MESSAGE.welcome, [
    varintField(WELCOME.protocol, welcome.protocol),
    textField(WELCOME.storeEpoch, welcome.epoch),
    textField(WELCOME.hostName, welcome.hostName),
    varintField(WELCOME.statusIntervalMs, welcome.statusIntervalMs),
    varintField(WELCOME.silenceLimitMs, welcome.silenceLimitMs),
    varintField(WELCOME.reconnectLimitMs, welcome.reconnectLimitMs),
    bytesField(WELCOME.sessionKey, welcome.sessionKey),
    varintField(WELCOME.takesReports, welcome.takesReports ? 1 : 0),
  ]);
}

/** `entries`: rows of the whole view. */
export function encodeSnapshotBegin(epoch: string, revision: Revision, entries: number, resync: boolean): Buffer {
  return messageField(CONTROLLER_MESSAGE.snapshotBegin, [
    textField(SNAPSHOT_BEGIN.storeEpoch, epoch),
    varintField(SNAPSHOT_BEGIN.revision, revision),
    varintField(SNAPSHOT_BEGIN.entries, entries),
    varintField(SNAPSHOT_BEGIN.resync, resync ? 1 : 0),
  ]);
}

/** Times to live count from the chunk's arrival at the agent. */
export function encodeSnapshotChunk(entries: PackedEntries<'left'>): Buffer {
  return messageField(CONTROLLER_MESSAGE.snapshotChunk, [bytesField(SNAPSHOT_CHUNK.entries, encodePacked(entries))]);
}

/** `digest`: of the whole view at `revision`. `seal`: shown again with that revision in the host's next Hello. */
export function encodeSnapshotEnd(revision: Revision, digest: Digest, seal: Uint8Array): Buffer {
  return messageField(CONTROLLER_MESSAGE.snapshotEnd, [
    varintField(SNAPSHOT_END.revision, revision),
    bytesField(SNAPSHOT_END.digest, digest),
    bytesField(SNAPSHOT_END.seal, seal),
  ]);
}

/** The agent answers with a Pong of the same nonce. */
export function encodePing(nonce: bigint): Buffer {
  return messageField(CONTROLLER_MESSAGE.ping, [varintField(PING.nonce, nonce)]);
}

/** `address`: network byte order. */
export function encodeLookup(id: bigint, address: Uint8Array): Buffer {
  return messageField(CONTROLLER_MESSAGE.lookup, [varintField(LOOKUP.id, id), bytesField(LOOKUP.address, address)]);
}

/** `intervalMs` 0: stop. */
export function encodeDropWatch(intervalMs: number, rows: number): Buffer {
  return messageField(CONTROLLER_MESSAGE.dropWatch, [
    varintField(DROP_WATCH.intervalMs, intervalMs),
    varintField(DROP_WATCH.rows, rows),
  ]);
}
