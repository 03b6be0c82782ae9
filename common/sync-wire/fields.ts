// The numbers of the fields that hand-written codecs read and write, by message. fields.test.ts holds them against the descriptor that is
// made of proto/fleetblock/v1.

export const AGENT_MESSAGE = { ack: 2 } as const;

export const CONTROLLER_MESSAGE = {
  welcome: 1,
  delta: 2,
  snapshotBegin: 3,
  snapshotChunk: 4,
  snapshotEnd: 5,
  ping: 6,
  lookup: 7,
  dropWatch: 8,
} as const;

export const ACK = { storeEpoch: 1, revision: 2, digest: 3, entries: 4, kernelUs: 5 } as const;

export const WELCOME = {
  protocol: 1,
  storeEpoch: 2,
  hostName: 3,
  statusIntervalMs: 4,
  silenceLimitMs: 5,
  reconnectLimitMs: 6,
  sessionKey: 7,
} as const;

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

export const SNAPSHOT_BEGIN = { storeEpoch: 1, revision: 2, entries: 3, resync: 4 } as const;
export const SNAPSHOT_CHUNK = { entries: 1 } as const;
export const SNAPSHOT_END = { revision: 1, digest: 2, seal: 3 } as const;
export const PING = { nonce: 1 } as const;
export const LOOKUP = { id: 1, address: 2 } as const;
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
