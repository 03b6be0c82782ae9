// Original file: proto/fleetblock/v1/types.proto


/**
 * A set of effective entries as parallel columns, one row an entry, so that a million of them reach the kernel's batch
 * calls without an object each. Prefixes are canonical (host bits zero). Rows are unique by (prefix, allow flag).
 */
export interface PackedPrefixes {
  /**
   * 4 bytes per row, network byte order.
   */
  'v4Addresses'?: (Buffer | Uint8Array | string);
  /**
   * 1 byte per row: prefix length in bits, 0-32.
   */
  'v4Lengths'?: (Buffer | Uint8Array | string);
  /**
   * 1 byte per row: bit 0 allow (else block), bit 1 monitor (count, never drop).
   */
  'v4Flags'?: (Buffer | Uint8Array | string);
  /**
   * 8 bytes per row, unsigned little-endian: milliseconds left to live when the message was encoded, 0 for no end.
   * Empty when no row ends.
   */
  'v4Ttls'?: (Buffer | Uint8Array | string);
  /**
   * 16 bytes per row, network byte order.
   */
  'v6Addresses'?: (Buffer | Uint8Array | string);
  /**
   * 1 byte per row: prefix length in bits, 0-128.
   */
  'v6Lengths'?: (Buffer | Uint8Array | string);
  'v6Flags'?: (Buffer | Uint8Array | string);
  'v6Ttls'?: (Buffer | Uint8Array | string);
}

/**
 * A set of effective entries as parallel columns, one row an entry, so that a million of them reach the kernel's batch
 * calls without an object each. Prefixes are canonical (host bits zero). Rows are unique by (prefix, allow flag).
 */
export interface PackedPrefixes__Output {
  /**
   * 4 bytes per row, network byte order.
   */
  'v4Addresses': (Buffer);
  /**
   * 1 byte per row: prefix length in bits, 0-32.
   */
  'v4Lengths': (Buffer);
  /**
   * 1 byte per row: bit 0 allow (else block), bit 1 monitor (count, never drop).
   */
  'v4Flags': (Buffer);
  /**
   * 8 bytes per row, unsigned little-endian: milliseconds left to live when the message was encoded, 0 for no end.
   * Empty when no row ends.
   */
  'v4Ttls': (Buffer);
  /**
   * 16 bytes per row, network byte order.
   */
  'v6Addresses': (Buffer);
  /**
   * 1 byte per row: prefix length in bits, 0-128.
   */
  'v6Lengths': (Buffer);
  'v6Flags': (Buffer);
  'v6Ttls': (Buffer);
}
