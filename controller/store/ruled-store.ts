// Every change of a store as a rule inside a transaction: what all implementations share. One of them gives the transactions and the
// reads, and knows no rule.

import { NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';
import type { Attribution } from '../claims/attribution.ts';
import { addClaims } from '../claims/block.ts';
import type { AddClaims, ChangeResult, RemoveClaims } from '../claims/change.ts';
import type { ClaimTx } from '../claims/claim-tx.ts';
import { confirmChange } from '../claims/confirm.ts';
import type { Confirming, ConfirmResult, Undone } from '../claims/confirmation.ts';
import { endClaims } from '../claims/end.ts';
import { type LayerChange, listLayer } from '../claims/layers.ts';
import { endListRows } from '../claims/lists/end.ts';
import { changeExceptions } from '../claims/lists/except.ts';
import type { ChangeExceptions, ListException, ListRecord, ListResult, ReplaceList } from '../claims/lists/list.ts';
import type { ListReads, ListTx } from '../claims/lists/list-tx.ts';
import { exceptionsOf, heldRows } from '../claims/lists/reads.ts';
import { removeList } from '../claims/lists/remove.ts';
import { replaceList } from '../claims/lists/replace.ts';
import { type ApplyReports, applyReports, type ReportResult } from '../claims/report.ts';
import { type Steps, withPauses } from '../claims/steps.ts';
import { removeClaims } from '../claims/unblock.ts';
import { createApiKey, revokeApiKey } from '../identity/changes/api-keys.ts';
import { createToken, enroll, revokeToken } from '../identity/changes/enroll.ts';
import { relabelHost, revokeHost } from '../identity/changes/hosts.ts';
import type { IdentityTx } from '../identity/changes/identity-tx.ts';
import { createLoginToken, revokeLoginToken, useLoginToken } from '../identity/changes/login-tokens.ts';
import { addOperator, logIn, revokeOperators } from '../identity/changes/operators.ts';
import { Followers } from './followers.ts';
import type { ApiKeyStore, NewApiKey } from './port/api-keys.ts';
import type { AuditStore } from './port/audit.ts';
import type { ClaimStore } from './port/claims.ts';
import type { Enrollment, HostStore, NewToken } from './port/hosts.ts';
import type { ListStore } from './port/lists.ts';
import type {
  LoggedIn,
  NewOperator,
  NewOperatorToken,
  OperatorStore,
  RevokeOperators,
  UseOperatorToken,
} from './port/operators.ts';
import type { StoreEvent } from './port/revisions.ts';
import type { ChangeSettings } from './port/settings.ts';
import type {
  ApiKeyRecord,
  HostRecord,
  OperatorRecord,
  OperatorTokenRecord,
  RevokedOperators,
  TokenRecord,
} from './records.ts';

type ClaimChanges = Pick<ClaimStore, 'addClaims' | 'removeClaims' | 'applyReports' | 'confirm' | 'expireClaims'>;
type HostChanges = Pick<HostStore, 'createToken' | 'revokeToken' | 'enroll' | 'labelHost' | 'revokeHost'>;
type OperatorChanges = Omit<OperatorStore, 'operators' | 'operatorTokens'>;
type ApiKeyChanges = Pick<ApiKeyStore, 'createApiKey' | 'revokeApiKey'>;

/** Prefixes from which a change has a commit of its own, with pauses: some milliseconds. */
const MANY = 128;

/** An implementation adds the transactions below and the reads. */
export abstract class RuledStore implements ClaimChanges, ListStore, HostChanges, OperatorChanges, ApiKeyChanges {
  protected readonly followers: Followers;
  abstract readonly head: Revision;
  abstract nextExpiryMs(): Promise<number>;
  abstract lists(): Promise<readonly ListRecord[]>;
  /** Of what is committed. */
  protected abstract readonly listReads: ListReads;

  /**
   * Runs `work` in one transaction, over many turns of the event loop when it is about `many` claims. Resolves after the commit is
   * durable; what `work` throws leaves nothing of it, and neither does a dry run.
   */
  protected abstract changeClaims<T>(work: (tx: ClaimTx) => Steps<T>, many: boolean, dryRun?: boolean): Promise<T>;
  /** The same of lists, always over many turns and in a commit of its own. */
  protected abstract changeLists<T>(work: (tx: ListTx) => Steps<T>, dryRun?: boolean): Promise<T>;
  /** Runs `work` in one transaction. Resolves after the commit is durable; what `work` throws leaves nothing of it. */
  protected abstract changeIdentity<T>(work: (tx: IdentityTx) => T): Promise<T>;

  /** See Followers. */
  constructor(onFollowerError?: (error: unknown) => void) {
    this.followers = new Followers(onFollowerError);
  }

  follow(listener: (event: StoreEvent) => void): () => void {
    return this.followers.add(listener);
  }

  // These two are about no identity, but as short a change.
  recordAudit(...[record]: Parameters<AuditStore['recordAudit']>): Promise<void> {
    return this.changeIdentity((tx) => tx.audit(record, record.revision));
  }

  changeSettings({ sets = [], deletes = [], audit }: ChangeSettings): Promise<void> {
    return this.changeIdentity((tx) => {
      for (const each of deletes) tx.deleteSetting(each);
      for (const each of sets) tx.saveSetting(each);
      if (audit) tx.audit(audit, 0n);
    });
  }

  addClaims(request: AddClaims): Promise<ChangeResult> {
    return this.#change((tx) => addClaims(tx, request), request);
  }

  removeClaims(request: RemoveClaims): Promise<ChangeResult> {
    return this.#change((tx) => removeClaims(tx, request), request);
  }

  applyReports(request: ApplyReports): Promise<ReportResult> {
    return this.changeClaims((tx) => applyReports(tx, request), request.rows.length > MANY);
  }

  confirm(id: string, by: Confirming): Promise<ConfirmResult> {
    return this.changeClaims((tx) => confirmChange(tx, id, by), true);
  }

  async expireClaims(nowMs: number): Promise<{ removed: number; revision: Revision; undone: readonly Undone[] }> {
    const { undone, ended } = await this.changeClaims((tx) => endClaims(tx, nowMs), true);
    // What is due after that is in lists, or else for the next call.
    const nextMs = await this.nextExpiryMs();
    const rows = nextMs > 0 && nextMs <= nowMs ? await this.changeLists((tx) => endListRows(tx, nowMs)) : 0;
    return { removed: undone.length + ended + rows, revision: this.head, undone };
  }

  replaceList(request: ReplaceList): Promise<ListResult> {
    return this.#changeLists((tx) => replaceList(tx, request), request.dryRun);
  }

  removeList(name: string, by: Attribution, dryRun: boolean): Promise<ListResult> {
    return this.#changeLists((tx) => removeList(tx, name, by), dryRun);
  }

  changeExceptions(request: ChangeExceptions): Promise<ChangeResult> {
    return this.#changeLists((tx) => changeExceptions(tx, request), request.dryRun);
  }

  listExceptions(name: string): Promise<readonly ListException[]> {
    return withPauses(exceptionsOf(this.listReads, name));
  }

  listRows(name: string): AsyncGenerator<PackedEntries<'unix'>> {
    return heldRows(this.listReads, name);
  }

  createToken(token: NewToken, by: Attribution): Promise<TokenRecord> {
    return this.changeIdentity((tx) => createToken(tx, token, by));
  }

  revokeToken(id: string, by: Attribution): Promise<TokenRecord> {
    return this.changeIdentity((tx) => revokeToken(tx, id, by));
  }

  enroll(enrollment: Enrollment): Promise<HostRecord> {
    return this.changeIdentity((tx) => enroll(tx, enrollment));
  }

  labelHost(...[name, labels, by]: Parameters<HostStore['labelHost']>): ReturnType<HostStore['labelHost']> {
    return this.changeIdentity((tx) => ({ host: relabelHost(tx, name, labels, by), revision: tx.head() }));
  }

  revokeHost(name: string, by: Attribution): Promise<HostRecord> {
    return this.changeIdentity((tx) => revokeHost(tx, name, by));
  }

  addOperator(operator: NewOperator, by: Attribution): Promise<OperatorRecord> {
    return this.changeIdentity((tx) => addOperator(tx, operator, by));
  }

  revokeOperators(which: RevokeOperators, by: Attribution): Promise<RevokedOperators> {
    return this.changeIdentity((tx) => revokeOperators(tx, which, by));
  }

  createOperatorToken(token: NewOperatorToken, by: Attribution): Promise<void> {
    return this.changeIdentity((tx) => createLoginToken(tx, token, by));
  }

  useOperatorToken(use: UseOperatorToken): Promise<OperatorTokenRecord> {
    return this.changeIdentity((tx) => useLoginToken(tx, use));
  }

  logIn(tokenId: string, operator: NewOperator, chain: string, by: Attribution): Promise<LoggedIn> {
    return this.changeIdentity((tx) => logIn(tx, tokenId, operator, chain, by));
  }

  revokeOperatorToken(id: string, by: Attribution): Promise<OperatorTokenRecord> {
    return this.changeIdentity((tx) => revokeLoginToken(tx, id, by));
  }

  createApiKey(key: NewApiKey, by: Attribution): Promise<ApiKeyRecord> {
    return this.changeIdentity((tx) => createApiKey(tx, key, by));
  }

  revokeApiKey(name: string, by: Attribution): Promise<ApiKeyRecord> {
    return this.changeIdentity((tx) => revokeApiKey(tx, name, by));
  }

  #change(work: (tx: ClaimTx) => Steps<ChangeResult>, { prefixes, dryRun }: AddClaims | RemoveClaims) {
    return this.#revised(this.changeClaims(work, prefixes.length > MANY, dryRun), dryRun);
  }

  #changeLists<T extends { readonly revision: Revision }>(work: (tx: ListTx) => Steps<T>, dryRun: boolean) {
    return this.#revised(this.changeLists(work, dryRun), dryRun);
  }

  /** A dry run makes no revision: it reports the head. */
  async #revised<T extends { readonly revision: Revision }>(change: Promise<T>, dryRun: boolean): Promise<T> {
    const result = await change;
    return dryRun ? { ...result, revision: this.head } : result;
  }

  /** The present state of the layers of all lists. */
  protected async *listLayers(): AsyncGenerator<LayerChange> {
    for (const { name, selector } of await this.lists())
      for await (const sets of this.listRows(name))
        yield { layer: listLayer(name, selector), sets, deletes: NO_ENTRIES };
  }
}
