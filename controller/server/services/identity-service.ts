// IdentityService on the wire.
import type { Logger } from '../../../common/logger.ts';
import { checkedTtl } from '../../../common/text/duration.ts';
import type { ApiKey } from '../../../proto/gen/fleetblock/v1/ApiKey.ts';
import type { IdentityServiceHandlers } from '../../../proto/gen/fleetblock/v1/IdentityService.ts';
import type { Operator } from '../../../proto/gen/fleetblock/v1/Operator.ts';
import type { OperatorToken } from '../../../proto/gen/fleetblock/v1/OperatorToken.ts';
import type { Token } from '../../../proto/gen/fleetblock/v1/Token.ts';
import { attribution } from '../../claims/attribution.ts';
import type { ApiKeys } from '../../identity/auth/api-keys.ts';
import type { AuthorizableCall } from '../../identity/auth/caller.ts';
import type { Identity } from '../../identity/identity.ts';
import { createApiKey, createOperatorToken } from '../../identity/tokens.ts';
import { verifyAudit } from '../../operations/queries/audit.ts';
import type { ReadTurns } from '../../operations/queries/read-turns.ts';
import type { ApiKeyRecord, OperatorRecord, OperatorTokenRecord, TokenRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { answers, type CallDeps, type MethodsOf, unary } from './calls.ts';
import { inPaces, ListRoom } from './message-size.ts';

/** `advertise` and `rootCertificate` are what new credentials carry. */
export interface IdentityServiceDeps extends CallDeps {
  readonly log: Logger;
  readonly identity: Identity;
  readonly apiKeys: ApiKeys;
  /** Open calls of this caller's certificate may go on until then, Unix milliseconds. */
  readonly extend: (call: AuthorizableCall, untilMs: number) => void;
  readonly fleet: string;
  /** PEM. */
  readonly rootCertificate: string;
  /** HOST:PORT that goes into operators' credentials. */
  readonly advertise: string;
  readonly readTurns: ReadTurns;
  readonly store: Pick<Store, 'createOperatorToken' | 'verifyAudit'>;
  /** SHA-256 over the fleet root's SubjectPublicKeyInfo: goes into every token. */
  readonly rootPin: Uint8Array;
}

/** Certificates, logins and revocations. Who may call which method is for the policy, not for these. */
export function identityMethods(deps: IdentityServiceDeps): MethodsOf<IdentityServiceHandlers> {
  const { identity, log } = deps;
  return {
    RenewCertificate: unary(deps, async ({ publicKey, possession }, { caller, incoming }) => {
      const issued = await identity.renewAgent(caller.id, publicKey, possession);
      deps.extend(incoming, issued.notAfterMs);
      log.info({ actor: caller.actor, until: new Date(issued.notAfterMs).toISOString() }, 'renewed a certificate');
      return { certificateChain: issued.chain };
    }),
    RenewOperator: unary(deps, async ({ publicKey, possession }, { caller, incoming }) => {
      const issued = await identity.renewOperator(caller, publicKey, possession);
      deps.extend(incoming, issued.notAfterMs);
      return { certificateChain: issued.chain };
    }),
    CreateOperator: unary(deps, async (request, { caller }) => {
      const by = attribution(caller, '');
      const issued = await identity.createOperator({ ...request, ttlMs: Number(request.ttlMs) }, by);
      return {
        certificateChain: issued.chain,
        rootCertificate: deps.rootCertificate,
        fleet: deps.fleet,
        controller: deps.advertise,
        serial: issued.serial,
        expiresAtMs: issued.notAfterMs,
      };
    }),
    CreateOperatorToken: unary(deps, async ({ name, role, ttlMs, tokenTtlMs }, { caller }) => {
      const request = { name, role, ttlMs: Number(ttlMs), tokenTtlMs: Number(tokenTtlMs) };
      const made = await createOperatorToken(deps, request, attribution(caller, ''));
      return { ...made, controller: deps.advertise };
    }),
    ListOperatorChunks: answers(deps, async function* () {
      for await (const operators of inPaces(identity.listOperators(), operatorToWire)) yield { operators };
    }),
    RevokeOperator: unary(deps, async ({ name, serial, reason, lastAdmin }, { caller }) => {
      const revoked = await identity.revokeOperator({ name, serial, lastAdmin }, attribution(caller, reason));
      return {
        revoked: new ListRoom().fitting(revoked.operators.map(operatorToWire)),
        tokens: new ListRoom().fitting(revoked.tokens.map(operatorTokenToWire)),
      };
    }),
    ListOperatorTokenChunks: answers(deps, async function* () {
      for await (const tokens of inPaces(await identity.listOperatorTokens(), operatorTokenToWire)) yield { tokens };
    }),
    RevokeOperatorToken: unary(deps, async ({ id, reason }, { caller }) => ({
      token: operatorTokenToWire(await identity.revokeOperatorToken(id, attribution(caller, reason))),
    })),
    ListTokenChunks: answers(deps, async function* () {
      for await (const tokens of inPaces(await identity.listTokens(), tokenToWire)) yield { tokens };
    }),
    RevokeToken: unary(deps, async ({ id, reason }, { caller }) => ({
      token: tokenToWire(await identity.revokeToken(id, attribution(caller, reason))),
    })),
    CreateApiKey: unary(deps, async ({ name, role, origin, ttlMs }, { caller }) => {
      const request = { name, role, origin, ttlMs: checkedTtl(Number(ttlMs)) };
      const made = await createApiKey(deps, request, attribution(caller, ''));
      return { key: made.key, apiKey: apiKeyToWire(made.apiKey) };
    }),
    ListApiKeyChunks: answers(deps, async function* () {
      for await (const apiKeys of inPaces(await deps.apiKeys.list(), apiKeyToWire)) yield { apiKeys };
    }),
    RevokeApiKey: unary(deps, async ({ name, reason }, { caller }) => ({
      apiKey: apiKeyToWire(await deps.apiKeys.revoke(name, attribution(caller, reason))),
    })),
    VerifyAudit: unary(deps, async (_request, { caller }) => {
      const verdict = await verifyAudit(deps.store, deps.readTurns, caller.id);
      return { ...verdict, brokenAt: verdict.brokenAt ?? 0 };
    }),
    RevokeHost: unary(deps, async ({ name, reason }, { caller }) => {
      const host = await identity.revokeHost(name, attribution(caller, reason));
      return { id: host.id, name: host.name };
    }),
  };
}

function operatorToWire({ name, role, serial, createdMs, expiresMs, revokedMs }: OperatorRecord): Operator {
  return { name, role, serial, createdAtMs: createdMs, expiresAtMs: expiresMs, revokedAtMs: revokedMs };
}

function operatorTokenToWire(token: OperatorTokenRecord): OperatorToken {
  const { id, name, role, actor, createdMs, expiresMs, revokedMs, usedFor, serial } = token;
  return {
    ...{ id, name, role, actor, used: usedFor !== undefined, serial },
    createdAtMs: createdMs,
    expiresAtMs: expiresMs,
    revokedAtMs: revokedMs,
  };
}

function apiKeyToWire({ id, name, role, origin, actor, ...times }: ApiKeyRecord): ApiKey {
  const { createdMs, expiresMs, revokedMs, usedMs } = times;
  return {
    ...{ id, name, role, origin, actor },
    ...{ createdAtMs: createdMs, expiresAtMs: expiresMs, revokedAtMs: revokedMs, usedAtMs: usedMs },
  };
}

function tokenToWire(token: TokenRecord): Token {
  const { id, actor, createdMs, expiresMs, maxUses, uses, labels, hostName, keepIdentity, onlyLabels, revokedMs } =
    token;
  return {
    id,
    actor,
    createdAtMs: createdMs,
    expiresAtMs: expiresMs,
    maxUses,
    uses,
    labels: { ...labels },
    hostName,
    keepIdentity,
    onlyLabels,
    revokedAtMs: revokedMs,
  };
}
