// What the rules of hosts, tokens and operators need, as rows.
import type { IdentityTx } from '../../../identity/changes/identity-tx.ts';
import { deleteSetting, saveSetting } from '../setting-rows.ts';
import type { Transaction } from '../transaction.ts';
import * as keys from './api-key-rows.ts';
import * as hosts from './host-rows.ts';
import * as operators from './operator-rows.ts';

/** Reads see what the transaction wrote before. */
export function identityTx(tx: Transaction): IdentityTx {
  const { db } = tx;
  return {
    nowMs: tx.nowMs,
    revise: () => tx.revise(),
    head: () => tx.head(),
    audit: (entry, about) => tx.audit(entry, about),
    host: (id) => hosts.readHost(db, id),
    liveHost: (name) => hosts.readLiveHost(db, name),
    saveHost: (host) => {
      hosts.saveHost(db, host);
      tx.hostChanged(host);
    },
    token: (id) => hosts.readToken(db, id),
    saveToken: (token) => hosts.saveToken(db, token),
    forgetTokens: (beforeMs) => hosts.forgetTokens(db, beforeMs),
    enrolledHost: (tokenId, keyHash) => hosts.readEnrolledHost(db, tokenId, keyHash),
    saveEnrolledKey: (tokenId, keyHash, hostId) =>
      db.save('enrolled_key', 'token_id, key_hash', { token_id: tokenId, key_hash: keyHash, host_id: hostId }),
    forgetEnrolledKeys: (hostId) => void db.prepare('DELETE FROM enrolled_key WHERE host_id = ?').run(hostId),
    operators: () => operators.readOperators(db),
    saveOperator: (operator) => operators.saveOperator(db, operator),
    forgetOperators: (beforeMs) => void db.prepare('DELETE FROM operator WHERE expires_ms < ?').run(beforeMs),
    loginToken: (id) => operators.readLoginToken(db, id),
    loginTokens: () => operators.readLoginTokens(db),
    saveLoginToken: (token) => operators.saveLoginToken(db, token),
    forgetLoginTokens: (byMs) => void db.prepare('DELETE FROM operator_token WHERE expires_ms <= ?').run(byMs),
    apiKeys: () => keys.readApiKeys(db),
    saveApiKey: (key) => keys.saveApiKey(db, key),
    forgetApiKeys: (beforeMs) => keys.forgetApiKeys(db, beforeMs),
    saveSetting: (setting) => saveSetting(db, setting),
    deleteSetting: (setting) => deleteSetting(db, setting),
  };
}
