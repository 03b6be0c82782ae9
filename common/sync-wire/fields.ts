// The numbers of the fields that hand-written codecs read and write, by message. fields.test.ts compares them with the descriptor that is
// made of proto/fleetblock/v1.

/** Of the messages from an agent only acks are coded by hand. */
export const AGENT_MESSAGE = { ack: 2 } as const;

/** Each message from the controller has exactly one of these: it says which kind it is. */
export const CONTROLLER_MESSAGE = {
  welcome: 1,
  delta: 2,
  snapshotBegin: 3,
  snapshotChunk: 4,
  snapshotEnd: 5,
  ping: 6,
  lookup: 7,
  dropWatch: 8,
  reportsAnswer: 9,
} as const;

/** An agent's proof that its kernel holds a revision. */
export const ACK = { storeEpoch: 1, revision: 2, digest: 3, entries: 4, kernelUs: 5 } as const;

/** The controller's answer to Hello. */
export const WELCOME = {
  protocol: 1,
  storeEpoch: 2,
  hostName: 3,
  statusIntervalMs: 4,
  silenceLimitMs: 5,
  reconnectLimitMs: 6,
  sessionKey: 7,
  takesReports: 8,
} as const;

/** A change, or one part of a large one (`more`). */
export const DELTA = {
  storeEpoch: 1,
  fromRevision: 2,
  toRevision: 3,
  adds: 4,
  removes: 5,
  digest: 6,
  more: 7,
  seal: 8,
  loose: 9,
} as const;

/** `entries`: rows of the whole view, not of the chunk that follows. */
export const SNAPSHOT_BEGIN = { storeEpoch: 1, revision: 2, entries: 3, resync: 4 } as const;
/** `entries`: a part of the rows, as PackedPrefixes. */
export const SNAPSHOT_CHUNK = { entries: 1 } as const;
/** The agent applies the snapshot when it reads this. */
export const SNAPSHOT_END = { revision: 1, digest: 2, seal: 3 } as const;
/** Answered by a Pong of the same nonce. */
export const PING = { nonce: 1 } as const;
/** `address`: 4 or 16 bytes, network byte order. */
export const LOOKUP = { id: 1, address: 2 } as const;
/** `intervalMs` 0 ends the watch. */
export const DROP_WATCH = { intervalMs: 1, rows: 2 } as const;

/** Of PackedPrefixes: the first is field 1, and so on. */
export const PACKED_PREFIXES = [
  'v4Addresses',
  'v4Lengths',
  'v4Flags',
  'v4Ttls',
  'v6Addresses',
  'v6Lengths',
  'v6Flags',
  'v6Ttls',
] as const;
