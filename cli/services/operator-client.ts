// The operator service as the commands call it.

import { type Method, method } from '../../common/rpc/client/method.ts';
import type { AuditEntry__Output } from '../../proto/gen/fleetblock/v1/AuditEntry.ts';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { CheckReply__Output } from '../../proto/gen/fleetblock/v1/CheckReply.ts';
import type { CheckRequest } from '../../proto/gen/fleetblock/v1/CheckRequest.ts';
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { ConfirmRequest } from '../../proto/gen/fleetblock/v1/ConfirmRequest.ts';
import type { CreateTokenReply__Output } from '../../proto/gen/fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest } from '../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { DropReport__Output } from '../../proto/gen/fleetblock/v1/DropReport.ts';
import type { Event__Output } from '../../proto/gen/fleetblock/v1/Event.ts';
import type { ExportChunk__Output } from '../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { ExportRequest } from '../../proto/gen/fleetblock/v1/ExportRequest.ts';
import type { ImportBegin } from '../../proto/gen/fleetblock/v1/ImportBegin.ts';
import type { ImportListRequest } from '../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import type { IncludeInListRequest } from '../../proto/gen/fleetblock/v1/IncludeInListRequest.ts';
import type { LabelHostReply__Output } from '../../proto/gen/fleetblock/v1/LabelHostReply.ts';
import type { LabelHostRequest } from '../../proto/gen/fleetblock/v1/LabelHostRequest.ts';
import type { List__Output } from '../../proto/gen/fleetblock/v1/List.ts';
import type { ListAuditRequest } from '../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { ListChangeReply__Output } from '../../proto/gen/fleetblock/v1/ListChangeReply.ts';
import type { ListConfirmationsReply__Output } from '../../proto/gen/fleetblock/v1/ListConfirmationsReply.ts';
import type { ListEntriesRequest } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListException__Output } from '../../proto/gen/fleetblock/v1/ListException.ts';
import type { ListHostsReply__Output } from '../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest } from '../../proto/gen/fleetblock/v1/ListHostsRequest.ts';
import type { PackedPrefixes } from '../../proto/gen/fleetblock/v1/PackedPrefixes.ts';
import type { RemoveListRequest } from '../../proto/gen/fleetblock/v1/RemoveListRequest.ts';
import type { ResyncHostsReply__Output } from '../../proto/gen/fleetblock/v1/ResyncHostsReply.ts';
import type { ResyncHostsRequest } from '../../proto/gen/fleetblock/v1/ResyncHostsRequest.ts';
import type { UnblockRequest } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import type { Wait } from '../../proto/gen/fleetblock/v1/Wait.ts';
import type { WatchEventsRequest } from '../../proto/gen/fleetblock/v1/WatchEventsRequest.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { WaitingLine } from '../output/claims/waiting-line.ts';
import type { OutputForm } from '../output/format.ts';
import { type Connection, type OnAhead, withConnection } from './connection.ts';
import { claimsOf } from './entries.ts';

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class OperatorClient {
  readonly #connection: Connection;
  readonly #waiting: () => WaitingLine;

  /** `waiting` makes the line that shows how far a change is. */
  constructor(connection: Connection, waiting: () => WaitingLine) {
    this.#connection = connection;
    this.#waiting = waiting;
  }

  /** Whether the controller has ever been there. */
  get connected(): boolean {
    return this.#connection.connected;
  }

  block(request: BlockRequest): Promise<ChangeReply__Output> {
    return this.#change(method('OperatorService', 'Block'), request);
  }

  unblock(request: UnblockRequest): Promise<ChangeReply__Output> {
    return this.#change(method('OperatorService', 'Unblock'), request);
  }

  confirm(request: ConfirmRequest): Promise<ChangeReply__Output> {
    return this.#change(method('OperatorService', 'Confirm'), request);
  }

  listConfirmations(): Promise<ListConfirmationsReply__Output> {
    return this.#connection.unary(method('OperatorService', 'ListConfirmations'), {});
  }

  /** In batches, as they arrive. */
  listEntries(request: ListEntriesRequest): AsyncGenerator<Claim__Output[]> {
    return claimsOf(this.#connection.stream(method('OperatorService', 'ListEntryChunks'), request));
  }

  /** All messages of the answer as one. */
  async listHosts(request: ListHostsRequest = {}): Promise<ListHostsReply__Output> {
    const answer: ListHostsReply__Output = { hosts: [], revision: '0', counts: {}, warnings: [] };
    let first = true;
    for await (const batch of this.#connection.stream(method('OperatorService', 'ListHostChunks'), request))
      for (const { hosts, revision, counts, warnings } of batch) {
        if (first) Object.assign(answer, { revision, counts, warnings });
        first = false;
        for (const host of hosts) answer.hosts.push(host);
      }
    return answer;
  }

  createToken(request: CreateTokenRequest): Promise<CreateTokenReply__Output> {
    return this.#connection.unary(method('OperatorService', 'CreateToken'), request);
  }

  /** `onSent` after each message of rows. */
  importList(begin: ImportBegin, rows: Iterable<PackedPrefixes>, onSent: () => void): Promise<ListChangeReply__Output> {
    function* requests(): Generator<ImportListRequest> {
      yield { begin };
      for (const part of rows) yield { rows: part };
    }
    const importList = method('OperatorService', 'ImportList');
    return this.#waited((onAhead) =>
      this.#connection.upload(importList, requests(), begin.wait?.timeoutMs ?? 0, { onSent, onAhead }),
    );
  }

  removeList(request: RemoveListRequest): Promise<ListChangeReply__Output> {
    return this.#change(method('OperatorService', 'RemoveList'), request);
  }

  listLists(): Promise<List__Output[]> {
    return this.#connection.all(method('OperatorService', 'ListListChunks'), {}, ({ lists }) => lists);
  }

  includeInList(request: IncludeInListRequest): Promise<ChangeReply__Output> {
    return this.#change(method('OperatorService', 'IncludeInList'), request);
  }

  /** `list`: without `list:`. In batches, as they arrive. */
  listExceptions(list: string): AsyncGenerator<ListException__Output[]> {
    return this.#connection.stream(method('OperatorService', 'ListExceptions'), { list });
  }

  export(request: ExportRequest): AsyncGenerator<ExportChunk__Output[]> {
    return this.#connection.stream(method('OperatorService', 'Export'), request);
  }

  /** All messages of the answer as one. */
  async check(request: CheckRequest): Promise<CheckReply__Output> {
    const answer: CheckReply__Output = { prefix: '', claims: [], hosts: [] };
    for await (const batch of this.#connection.stream(method('OperatorService', 'CheckPrefix'), request))
      for (const { prefix, claims, hosts } of batch) {
        answer.prefix ||= prefix;
        for (const claim of claims) answer.claims.push(claim);
        for (const host of hosts) answer.hosts.push(host);
      }
    return answer;
  }

  labelHost(request: LabelHostRequest): Promise<LabelHostReply__Output> {
    return this.#change(method('OperatorService', 'LabelHost'), request);
  }

  resyncHosts(request: ResyncHostsRequest): Promise<ResyncHostsReply__Output> {
    return this.#change(method('OperatorService', 'ResyncHosts'), request);
  }

  /** With `follow` it continues until the signal of the run ends it. */
  watchEvents(request: WatchEventsRequest): AsyncGenerator<Event__Output[]> {
    return this.#connection.stream(method('OperatorService', 'WatchEvents'), request);
  }

  /** Goes on until the signal of the run ends it. `host` empty: all. */
  watchDrops(host: string): AsyncGenerator<DropReport__Output[]> {
    return this.#connection.stream(method('OperatorService', 'WatchDrops'), { host });
  }

  listAudit(request: ListAuditRequest): AsyncGenerator<AuditEntry__Output[]> {
    return this.#connection.stream(method('OperatorService', 'ListAudit'), request);
  }

  #change<Request extends { readonly wait?: Wait | null }, Reply>(
    change: Method<Request, Reply>,
    request: Request,
  ): Promise<Reply> {
    return this.#waited((onAhead) => this.#connection.unary(change, request, request.wait?.timeoutMs, onAhead));
  }

  /** Shows how far a change is until it has its answer. */
  #waited<Reply>(send: (onAhead: OnAhead) => Promise<Reply>): Promise<Reply> {
    const line = this.#waiting();
    const checkWait = method('OperatorService', 'CheckWait');
    return send(({ wait }) => void line.begin(() => this.#connection.unary(checkWait, { id: wait }))).finally(() =>
      line.end(),
    );
  }
}

/** Runs `use` on a connection that is closed afterwards. `form` is what is printed of its changes. */
export function withOperator<T>(
  cli: Cli,
  credentials: Credentials,
  use: (client: OperatorClient) => Promise<T>,
  form: OutputForm = 'table',
): Promise<T> {
  const waiting = () => new WaitingLine(cli, form);
  return withConnection(cli, credentials, (connection) => use(new OperatorClient(connection, waiting)));
}
