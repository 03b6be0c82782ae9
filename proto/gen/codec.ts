// Made by scripts/proto-codec.ts from proto/fleetblock/v1/operator.proto: do not edit, run npm run proto.
import { WireReader, WireWriter } from '../../common/rpc/wire.ts';
import type { Action, Action__Output } from './fleetblock/v1/Action.ts';
import type { BlockRequest } from './fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from './fleetblock/v1/ChangeReply.ts';
import type { Claim__Output } from './fleetblock/v1/Claim.ts';
import type { Counters__Output } from './fleetblock/v1/Counters.ts';
import type { CreateTokenReply__Output } from './fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest } from './fleetblock/v1/CreateTokenRequest.ts';
import type { Host__Output } from './fleetblock/v1/Host.ts';
import type { HostFailure__Output } from './fleetblock/v1/HostFailure.ts';
import type { HostOutcomes__Output } from './fleetblock/v1/HostOutcomes.ts';
import type { HostPending__Output } from './fleetblock/v1/HostPending.ts';
import type { Interface__Output } from './fleetblock/v1/Interface.ts';
import type { ListEntriesRequest } from './fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply__Output } from './fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest } from './fleetblock/v1/ListHostsRequest.ts';
import type { PrefixOutcome__Output, _fleetblock_v1_PrefixOutcome_Change__Output } from './fleetblock/v1/PrefixOutcome.ts';
import type { Selector, Selector__Output, _fleetblock_v1_Selector_Names, _fleetblock_v1_Selector_Names__Output } from './fleetblock/v1/Selector.ts';
import type { UnblockRequest } from './fleetblock/v1/UnblockRequest.ts';
import type { Wait } from './fleetblock/v1/Wait.ts';

export const block = {
  path: '/fleetblock.v1.OperatorService/Block',
  encode(request: BlockRequest): Uint8Array {
    const writer = new WireWriter();
    encodeBlockRequest(writer, request);
    return writer.finish();
  },
  decode(bytes: Buffer): ChangeReply__Output {
    return decodeChangeReply(new WireReader(bytes), bytes.length);
  },
};

export const unblock = {
  path: '/fleetblock.v1.OperatorService/Unblock',
  encode(request: UnblockRequest): Uint8Array {
    const writer = new WireWriter();
    encodeUnblockRequest(writer, request);
    return writer.finish();
  },
  decode(bytes: Buffer): ChangeReply__Output {
    return decodeChangeReply(new WireReader(bytes), bytes.length);
  },
};

export const listEntries = {
  path: '/fleetblock.v1.OperatorService/ListEntries',
  encode(request: ListEntriesRequest): Uint8Array {
    const writer = new WireWriter();
    encodeListEntriesRequest(writer, request);
    return writer.finish();
  },
  decode(bytes: Buffer): Claim__Output {
    return decodeClaim(new WireReader(bytes), bytes.length);
  },
};

export const listHosts = {
  path: '/fleetblock.v1.OperatorService/ListHosts',
  encode(request: ListHostsRequest): Uint8Array {
    const writer = new WireWriter();
    encodeListHostsRequest(writer, request);
    return writer.finish();
  },
  decode(bytes: Buffer): ListHostsReply__Output {
    return decodeListHostsReply(new WireReader(bytes), bytes.length);
  },
};

export const createToken = {
  path: '/fleetblock.v1.OperatorService/CreateToken',
  encode(request: CreateTokenRequest): Uint8Array {
    const writer = new WireWriter();
    encodeCreateTokenRequest(writer, request);
    return writer.finish();
  },
  decode(bytes: Buffer): CreateTokenReply__Output {
    return decodeCreateTokenReply(new WireReader(bytes), bytes.length);
  },
};

function decodeMapEntry(reader: WireReader, end: number): [string, string] {
  let key = '';
  let value = '';
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) key = reader.string();
    else if (tag === 18) value = reader.string();
    else reader.skip(tag);
  }
  return [key, value];
}

function encodeBlockRequest(writer: WireWriter, message: BlockRequest): void {
  for (const item of message.prefixes ?? []) writer.string(1, item);
  if (message.target !== undefined && message.target !== null) writer.message(2, message.target, encodeSelector);
  if (message.action) writer.uint32(3, encodeAction(message.action));
  if (message.origin) writer.string(4, message.origin);
  if (message.reason) writer.string(5, message.reason);
  if (message.ttlMs) writer.uint64(6, message.ttlMs);
  if (message.monitor) writer.bool(7, message.monitor);
  if (message.dryRun) writer.bool(8, message.dryRun);
  if (message.wait !== undefined && message.wait !== null) writer.message(9, message.wait, encodeWait);
  if (message.force) writer.bool(10, message.force);
}

function encodeSelector(writer: WireWriter, message: Selector): void {
  if (message.allHosts !== undefined && message.allHosts !== null) writer.bool(1, message.allHosts);
  if (message.hosts !== undefined && message.hosts !== null) writer.message(2, message.hosts, encodeSelectorNames);
  if (message.labels !== undefined && message.labels !== null) writer.string(3, message.labels);
}

function encodeSelectorNames(writer: WireWriter, message: _fleetblock_v1_Selector_Names): void {
  for (const item of message.names ?? []) writer.string(1, item);
}

function encodeAction(value: Action): number {
  switch (value) {
    case 'ACTION_UNSPECIFIED':
    case 0:
      return 0;
    case 'ACTION_BLOCK':
    case 1:
      return 1;
    case 'ACTION_ALLOW':
    case 2:
      return 2;
  }
}

function encodeWait(writer: WireWriter, message: Wait): void {
  if (message.timeoutMs) writer.uint32(1, message.timeoutMs);
}

function decodeChangeReply(reader: WireReader, end: number): ChangeReply__Output {
  const message: ChangeReply__Output = { revision: '0', outcomes: [], hosts: null, elapsedMs: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.revision = reader.uint64();
        break;
      case 18:
        message.outcomes.push(decodePrefixOutcome(reader, reader.end()));
        break;
      case 26:
        message.hosts = decodeHostOutcomes(reader, reader.end());
        break;
      case 33:
        message.elapsedMs = reader.double();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodePrefixOutcome(reader: WireReader, end: number): PrefixOutcome__Output {
  const message: PrefixOutcome__Output = { prefix: '', change: 'CHANGE_UNSPECIFIED', stillBlockedBy: [] };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.prefix = reader.string();
        break;
      case 16:
        message.change = decodePrefixOutcomeChange(reader.uint32());
        break;
      case 26:
        message.stillBlockedBy.push(decodeClaim(reader, reader.end()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

/** A value of a later version reads as CHANGE_UNSPECIFIED. */
function decodePrefixOutcomeChange(value: number): _fleetblock_v1_PrefixOutcome_Change__Output {
  switch (value) {
    case 1:
      return 'ADDED';
    case 2:
      return 'UPDATED';
    case 3:
      return 'UNCHANGED';
    case 4:
      return 'REMOVED';
    case 5:
      return 'NOT_FOUND';
    default:
      return 'CHANGE_UNSPECIFIED';
  }
}

function decodeClaim(reader: WireReader, end: number): Claim__Output {
  const message: Claim__Output = { prefix: '', action: 'ACTION_UNSPECIFIED', origin: '', selector: null, reason: '', actor: '', createdAtMs: '0', expiresAtMs: '0', monitor: false };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.prefix = reader.string();
        break;
      case 16:
        message.action = decodeAction(reader.uint32());
        break;
      case 26:
        message.origin = reader.string();
        break;
      case 34:
        message.selector = decodeSelector(reader, reader.end());
        break;
      case 42:
        message.reason = reader.string();
        break;
      case 50:
        message.actor = reader.string();
        break;
      case 56:
        message.createdAtMs = reader.uint64();
        break;
      case 64:
        message.expiresAtMs = reader.uint64();
        break;
      case 72:
        message.monitor = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

/** A value of a later version reads as ACTION_UNSPECIFIED. */
function decodeAction(value: number): Action__Output {
  switch (value) {
    case 1:
      return 'ACTION_BLOCK';
    case 2:
      return 'ACTION_ALLOW';
    default:
      return 'ACTION_UNSPECIFIED';
  }
}

function decodeSelector(reader: WireReader, end: number): Selector__Output {
  const message: Selector__Output = {  };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.allHosts = reader.bool();
        message.target = 'allHosts';
        break;
      case 18:
        message.hosts = decodeSelectorNames(reader, reader.end());
        message.target = 'hosts';
        break;
      case 26:
        message.labels = reader.string();
        message.target = 'labels';
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeSelectorNames(reader: WireReader, end: number): _fleetblock_v1_Selector_Names__Output {
  const message: _fleetblock_v1_Selector_Names__Output = { names: [] };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.names.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeHostOutcomes(reader: WireReader, end: number): HostOutcomes__Output {
  const message: HostOutcomes__Output = { targeted: 0, enforced: 0, pending: [], failed: [] };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.targeted = reader.uint32();
        break;
      case 16:
        message.enforced = reader.uint32();
        break;
      case 26:
        message.pending.push(decodeHostPending(reader, reader.end()));
        break;
      case 34:
        message.failed.push(decodeHostFailure(reader, reader.end()));
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeHostPending(reader: WireReader, end: number): HostPending__Output {
  const message: HostPending__Output = { name: '', status: '' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.status = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeHostFailure(reader: WireReader, end: number): HostFailure__Output {
  const message: HostFailure__Output = { name: '', code: '', text: '' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.code = reader.string();
        break;
      case 26:
        message.text = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function encodeUnblockRequest(writer: WireWriter, message: UnblockRequest): void {
  for (const item of message.prefixes ?? []) writer.string(1, item);
  if (message.action) writer.uint32(2, encodeAction(message.action));
  if (message.origin) writer.string(3, message.origin);
  if (message.target !== undefined && message.target !== null) writer.message(4, message.target, encodeSelector);
  if (message.reason) writer.string(5, message.reason);
  if (message.dryRun) writer.bool(6, message.dryRun);
  if (message.wait !== undefined && message.wait !== null) writer.message(7, message.wait, encodeWait);
}

function encodeListEntriesRequest(writer: WireWriter, message: ListEntriesRequest): void {
  if (message.origin) writer.string(1, message.origin);
  if (message.host) writer.string(2, message.host);
  if (message.expired) writer.bool(3, message.expired);
  if (message.action) writer.uint32(4, encodeAction(message.action));
}

function encodeListHostsRequest(_writer: WireWriter, _message: ListHostsRequest): void {
}

function decodeListHostsReply(reader: WireReader, end: number): ListHostsReply__Output {
  const message: ListHostsReply__Output = { hosts: [], revision: '0' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.hosts.push(decodeHost(reader, reader.end()));
        break;
      case 16:
        message.revision = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeHost(reader: WireReader, end: number): Host__Output {
  const message: Host__Output = { name: '', id: '', status: '', labels: {}, revision: '0', entries: '0', interfaces: [], counters: null, lastSeenMs: '0', agentVersion: '', problems: [] };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 18:
        message.id = reader.string();
        break;
      case 26:
        message.status = reader.string();
        break;
      case 34: {
        const [key, value] = decodeMapEntry(reader, reader.end());
        message.labels[key] = value;
        break;
      }
      case 40:
        message.revision = reader.uint64();
        break;
      case 48:
        message.entries = reader.uint64();
        break;
      case 58:
        message.interfaces.push(decodeInterface(reader, reader.end()));
        break;
      case 66:
        message.counters = decodeCounters(reader, reader.end());
        break;
      case 72:
        message.lastSeenMs = reader.uint64();
        break;
      case 82:
        message.agentVersion = reader.string();
        break;
      case 90:
        message.problems.push(reader.string());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeInterface(reader: WireReader, end: number): Interface__Output {
  const message: Interface__Output = { name: '', index: 0, mode: '', problem: '' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      case 16:
        message.index = reader.uint32();
        break;
      case 26:
        message.mode = reader.string();
        break;
      case 34:
        message.problem = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function decodeCounters(reader: WireReader, end: number): Counters__Output {
  const message: Counters__Output = { droppedPackets: '0', droppedBytes: '0', passedPackets: '0', passedBytes: '0', allowedPackets: '0', monitoredPackets: '0', malformedPackets: '0' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.droppedPackets = reader.uint64();
        break;
      case 16:
        message.droppedBytes = reader.uint64();
        break;
      case 24:
        message.passedPackets = reader.uint64();
        break;
      case 32:
        message.passedBytes = reader.uint64();
        break;
      case 40:
        message.allowedPackets = reader.uint64();
        break;
      case 48:
        message.monitoredPackets = reader.uint64();
        break;
      case 56:
        message.malformedPackets = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}

function encodeCreateTokenRequest(writer: WireWriter, message: CreateTokenRequest): void {
  if (message.ttlMs) writer.uint64(1, message.ttlMs);
  if (message.maxUses) writer.uint32(2, message.maxUses);
  for (const [key, value] of Object.entries(message.labels ?? {}))
    writer.message(3, value, (entry, text) => {
      entry.string(1, key);
      entry.string(2, text);
    });
  if (message.hostName) writer.string(4, message.hostName);
}

function decodeCreateTokenReply(reader: WireReader, end: number): CreateTokenReply__Output {
  const message: CreateTokenReply__Output = { token: '', id: '', expiresAtMs: '0' };
  while (reader.at < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.token = reader.string();
        break;
      case 18:
        message.id = reader.string();
        break;
      case 24:
        message.expiresAtMs = reader.uint64();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.expectEnd(end);
  return message;
}
