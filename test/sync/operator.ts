// The operator's calls as promises, for tests and benches.
import type { ServiceError } from '@grpc/grpc-js';
import { claimsOfChunk } from '../../cli/services/entries.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import { toWire } from '../../common/entries/wire.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import type { AuditEntry__Output } from '../../proto/gen/fleetblock/v1/AuditEntry.ts';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { CheckReply__Output } from '../../proto/gen/fleetblock/v1/CheckReply.ts';
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { Host__Output } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { ImportBegin } from '../../proto/gen/fleetblock/v1/ImportBegin.ts';
import type { LabelHostReply__Output } from '../../proto/gen/fleetblock/v1/LabelHostReply.ts';
import type { ListAuditRequest } from '../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { ListChangeReply__Output } from '../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { ListEntriesRequest } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply__Output } from '../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest } from '../../proto/gen/fleetblock/v1/ListHostsRequest.ts';
import type { UnblockRequest } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';

export class Operator {
  readonly client;

  constructor(address: string, identity: ClientIdentity) {
    this.client = new protocol.OperatorService(address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  }

  /** All hosts, and waits ten seconds for proof, unless the request says otherwise. */
  block(prefixes: string[], request: BlockRequest = {}): Promise<ChangeReply__Output> {
    const full = { target: { allHosts: true }, wait: { timeoutMs: 10_000 }, ...request, prefixes };
    return promised((done) => this.client.Block(full, done));
  }

  unblock(prefixes: string[], request: UnblockRequest = {}): Promise<ChangeReply__Output> {
    const full = { wait: { timeoutMs: 10_000 }, ...request, prefixes };
    return promised((done) => this.client.Unblock(full, done));
  }

  /** A whole list, for all hosts and whatever it takes away, unless the request says otherwise. */
  importList(
    list: string,
    chunks: readonly PackedEntries<'left'>[],
    begin: ImportBegin = {},
  ): Promise<ListChangeReply__Output> {
    const meant = { allowShrink: true, retarget: true };
    const full = { target: { allHosts: true }, wait: { timeoutMs: 60_000 }, ...meant, ...begin, list };
    return promised((done) => {
      const call = this.client.ImportList(done);
      call.write({ begin: full });
      for (const chunk of chunks) call.write({ rows: toWire(chunk) });
      call.end();
    });
  }

  removeList(list: string): Promise<ListChangeReply__Output> {
    return promised((done) => this.client.RemoveList({ list, wait: { timeoutMs: 60_000 } }, done));
  }

  includeInList(list: string, prefixes: string[]): Promise<ChangeReply__Output> {
    return promised((done) => this.client.IncludeInList({ list, prefixes, wait: { timeoutMs: 10_000 } }, done));
  }

  labelHost(name: string, set: Record<string, string>): Promise<LabelHostReply__Output> {
    return promised((done) => this.client.LabelHost({ name, set }, done));
  }

  /** Of all hosts, unless one is named. */
  async check(address: string, host = ''): Promise<CheckReply__Output> {
    const answer: CheckReply__Output = { prefix: '', claims: [], hosts: [] };
    for await (const { prefix, claims, hosts } of replies<CheckReply__Output>(
      this.client.CheckPrefix({ address, host }),
    )) {
      answer.prefix ||= prefix;
      answer.claims.push(...claims);
      answer.hosts.push(...hosts);
    }
    return answer;
  }

  async audit(request: ListAuditRequest = {}): Promise<AuditEntry__Output[]> {
    const entries: AuditEntry__Output[] = [];
    for await (const entry of this.client.ListAudit(request)) entries.push(entry);
    return entries;
  }

  async hosts(request: ListHostsRequest = {}): Promise<Host__Output[]> {
    const hosts: Host__Output[] = [];
    for await (const reply of replies<ListHostsReply__Output>(this.client.ListHostChunks(request)))
      hosts.push(...reply.hosts);
    return hosts;
  }

  async host(name: string): Promise<Host__Output> {
    const host = (await this.hosts()).find((each) => each.name === name);
    if (!host) throw new Error(`no host ${name}`);
    return host;
  }

  async entries(request: ListEntriesRequest = {}): Promise<Claim__Output[]> {
    const claims: Claim__Output[] = [];
    for await (const chunk of this.client.ListEntryChunks(request))
      for (const batch of claimsOfChunk(chunk)) claims.push(...batch);
    return claims;
  }

  close(): void {
    this.client.close();
  }
}

function replies<T>(call: AsyncIterable<T>): AsyncIterable<T> {
  return call;
}

function promised<T>(call: (done: (error: ServiceError | null, reply?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, reply) => {
      if (error) reject(error);
      else if (reply === undefined) reject(new Error('an empty answer'));
      else resolve(reply);
    });
  });
}
