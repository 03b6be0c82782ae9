// Block and unblock: checks the whole request, changes the store, waits for the hosts' proof.

import { type Slot, slotOf } from '../../common/action.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { failpoint } from '../../common/failpoint.ts';
import type { Revision } from '../../common/revision.ts';
import { listOfOrigin, listOrigin, parseOrigin } from '../../common/text/origin.ts';
import { covers, formatPrefix, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import { attribution } from '../claims/attribution.ts';
import { type ChangeResult, type ClaimOutcome, MAX_CHANGE_PREFIXES } from '../claims/change.ts';
import { type Claim, restated, type Said } from '../claims/claim.ts';
import type { ConfirmBy } from '../claims/confirm-by.ts';
import { type Awaited, confirmBy } from '../claims/confirm-by.ts';
import { type Guard, WIDEST_SUM } from '../claims/guard/guard.ts';
import type { ChangeExceptions } from '../claims/lists/list.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { Caller } from '../identity/auth/caller.ts';
import { askedOrigin, assertMayChange } from '../identity/auth/own-origin.ts';
import type { Store } from '../store/store.ts';
import type { AllowIndex } from './exemptions/allow-index.ts';
import { type Exempted, findExemptions } from './exemptions/exemptions.ts';
import { overridden } from './exemptions/overridden.ts';
import type { Matches } from './queries/matches.ts';
import type { Results } from './results.ts';
import type { HostOutcomes, Targets, Wait } from './targets.ts';

/** `allowed` and `matches` only serve the warnings and refusals in a reply; what is written is decided by the store. */
export interface ChangesDeps {
  readonly store: Store;
  readonly targets: Targets;
  readonly hub: Hub;
  readonly guard: Guard;
  readonly matches: Matches;
  readonly allowed: AllowIndex;
  readonly results: Results;
  readonly clock: Clock;
}

interface ChangeRequest extends Wait {
  readonly caller: Caller;
  /** Monotonic milliseconds at which the request came in. */
  readonly arrivedMs: number;
  /** As typed. */
  readonly prefixes: readonly string[];
  readonly origin: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Of any action. With `force` the guard does not look at the prefixes. */
export interface BlockRequest extends ChangeRequest, Omit<Said, 'expiresMs'> {
  readonly target: Selector;
  /** 0: no end. */
  readonly ttlMs: number;
  /** Override the guard: admins only. It must be confirmed. */
  readonly force: boolean;
  /** Milliseconds until it is undone unless it is confirmed; 0: not at all, or with `force` after a minute. Default 0. */
  readonly confirmMs?: number;
  /** What a step of a rollout replaces: see AddClaims. */
  readonly inPlaceOf?: Selector | undefined;
  /** For the audit: the rollout whose step it is. */
  readonly partOf?: string;
}

/** Ends exceptions of a list, so that its rows for these prefixes hold again. */
export interface IncludeRequest extends Omit<ChangeRequest, 'origin'> {
  /** Without `list:`. */
  readonly list: string;
}

/** With an `origin` of `list:NAME`, makes the prefixes exceptions of that list; `target` must then be undefined. */
export interface UnblockRequest extends ChangeRequest {
  readonly action: Slot;
  /** Undefined: whatever selector the claim has. */
  readonly target: Selector | undefined;
}

/** `outcomes` are in the order of the request's prefixes. `elapsedMs` counts from `arrivedMs` to the last host's answer. */
export interface ChangeReply {
  readonly revision: Revision;
  readonly outcomes: readonly {
    readonly prefix: Prefix;
    readonly change: ClaimOutcome;
    readonly stillBlockedBy: readonly Claim[];
  }[];
  readonly hosts: HostOutcomes;
  readonly elapsedMs: number;
  /** What the change does not do although it was made, one sentence each. */
  readonly warnings: readonly string[];
  /** Undefined: nothing has to be confirmed. */
  readonly confirm?: Awaited | undefined;
}

/** Each call commits before it waits: a caller that goes away loses the reply, not the change. */
export class Changes {
  readonly #deps: ChangesDeps;

  constructor(deps: ChangesDeps) {
    this.#deps = deps;
  }

  /** @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (host), FAILED_PRECONDITION (guard), PERMISSION_DENIED (force, origin). */
  async block(request: BlockRequest): Promise<ChangeReply> {
    const { store, hub, clock } = this.#deps;
    const prefixes = parsePrefixes(request.prefixes);
    const origin = parseOrigin(askedOrigin(request.caller, request.origin));
    assertMayChange(request.caller, origin, request.action);
    this.#deps.targets.assertKnown(request.target);
    if (request.force && request.caller.role !== 'admin')
      throw new FleetblockError('PERMISSION_DENIED', 'only an admin may override the guard with --force');
    if (!request.force) this.#deps.guard.look(request.caller.from).assertAllowed(prefixes, request.action);
    hub.quarantine.assertOpen();
    const nowMs = clock.wallMs();
    const confirm = confirmBy({ ...request, confirmMs: request.confirmMs ?? 0 }, nowMs);
    const expiresMs = request.ttlMs > 0 ? nowMs + request.ttlMs : 0;
    const result = await store.addClaims({
      ...restated(undefined, { ...request, expiresMs }),
      prefixes,
      origin,
      selector: request.target,
      ...attribution(request.caller, request.reason),
      dryRun: request.dryRun,
      inPlaceOf: request.inPlaceOf,
      partOf: request.partOf,
      forced: request.force,
      ...(!request.force && { widest: WIDEST_SUM }),
      ...(confirm && { confirm }),
    });
    const awaited = result.unconfirmed && !request.dryRun ? confirm : undefined;
    if (slotOf(request.action) === 'allow') {
      const warnings = await overridden(this.#deps.matches, prefixes, this.#deps.targets.hosts(result.targets));
      return this.#reply(request, prefixes, result, { warnings, awaited }, 'allow');
    }
    const exempted = await findExemptions(
      { ...this.#deps, stateOf: (id) => hub.stateOf(id), wallMs: () => clock.wallMs() },
      prefixes,
      this.#deps.targets.hosts(result.targets),
    );
    return this.#reply(request, prefixes, result, { ...exempted, awaited }, 'block');
  }

  /** @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (host, list). */
  async unblock(asked: UnblockRequest): Promise<ChangeReply> {
    const request = { ...asked, origin: askedOrigin(asked.caller, asked.origin) };
    const list = listOfOrigin(request.origin);
    if (list !== undefined) return this.#except(request, list);
    const prefixes = parsePrefixes(request.prefixes);
    const origin = parseOrigin(request.origin);
    assertMayChange(request.caller, origin);
    if (request.target) this.#deps.targets.assertKnown(request.target);
    this.#deps.hub.quarantine.assertOpen();
    const result = await this.#deps.store.removeClaims({
      prefixes,
      action: request.action,
      origin,
      selector: request.target,
      ...attribution(request.caller, request.reason),
      dryRun: request.dryRun,
    });
    const own = (claim: Claim, prefix: Prefix) =>
      claim.origin === origin &&
      samePrefix(claim.prefix, prefix) &&
      (!request.target || formatSelector(claim.selector) === formatSelector(request.target));
    const stillBlocking = request.action === 'block' ? await this.#stillBlocking(prefixes, own) : [];
    return this.#reply(request, prefixes, result, { stillBlocking }, `un${request.action}`);
  }

  /** Takes prefixes out of a list permanently. */
  async #except(request: UnblockRequest, list: string): Promise<ChangeReply> {
    const { action, origin } = request;
    if (request.target)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `an exception of ${origin} holds on all of its hosts: leave the target out, or use fleetblock allow add for some of them`,
      );
    const prefixes = parsePrefixes(request.prefixes);
    const result = await this.#changeExceptions(request, { name: list, prefixes, action, except: true });
    const own = (claim: Claim) => claim.origin === origin;
    const stillBlocking = action === 'block' ? await this.#stillBlocking(prefixes, own) : [];
    return this.#reply(request, prefixes, result, { stillBlocking }, `un${request.action}`);
  }

  /** Takes exceptions of a list back. @throws FleetblockError INVALID_ARGUMENT, NOT_FOUND (list). */
  async include(request: IncludeRequest): Promise<ChangeReply> {
    const prefixes = parsePrefixes(request.prefixes);
    const result = await this.#changeExceptions(request, { name: request.list, prefixes, except: false });
    return this.#reply(request, prefixes, result, {}, 'include');
  }

  #changeExceptions(
    { caller, reason, dryRun }: Pick<ChangeRequest, 'caller' | 'reason' | 'dryRun'>,
    change: Pick<ChangeExceptions, 'name' | 'prefixes' | 'action' | 'except'>,
  ): Promise<ChangeResult> {
    assertMayChange(caller, listOrigin(change.name));
    this.#deps.hub.quarantine.assertOpen();
    return this.#deps.store.changeExceptions({
      ...change,
      ...attribution(caller, reason),
      dryRun,
      bound: caller.origin,
    });
  }

  async #reply(
    request: Pick<ChangeRequest, 'caller' | 'arrivedMs' | 'dryRun' | 'waitMs'>,
    prefixes: readonly Prefix[],
    result: ChangeResult,
    found: Partial<Exempted> & {
      readonly stillBlocking?: readonly (readonly Claim[])[];
      readonly awaited?: ConfirmBy | undefined;
    },
    verb: string,
  ): Promise<ChangeReply> {
    const { targets, clock, results } = this.#deps;
    const { refusals, warnings = [], stillBlocking = [], awaited } = found;
    const { outcomes, atMs } = request.dryRun
      ? { outcomes: targets.untried(result.targets, refusals), atMs: clock.monotonicMs() }
      : await targets.prove(result.targets, result.revision, request, refusals);
    if (!request.dryRun && result.outcomes.some((each) => each !== 'UNCHANGED' && each !== 'NOT_FOUND'))
      results.record(request.caller, summary(verb, prefixes), result.revision, outcomes);
    failpoint('changes.reply');
    return {
      revision: result.revision,
      outcomes: prefixes.map((prefix, i) => ({
        prefix,
        change: result.outcomes[i] ?? 'UNCHANGED',
        stillBlockedBy: stillBlocking[i] ?? [],
      })),
      hosts: outcomes,
      elapsedMs: atMs - request.arrivedMs,
      warnings,
      confirm: awaited && {
        id: awaited.id,
        deadlineMs: awaited.deadlineMs,
        remainingMs: Math.max(0, awaited.deadlineMs - clock.wallMs()),
      },
    };
  }

  /** For each prefix: claims on it or around it that go on blocking. */
  async #stillBlocking(prefixes: readonly Prefix[], own: (claim: Claim, prefix: Prefix) => boolean) {
    const result: Claim[][] = [];
    for (const prefix of prefixes) {
      const claims: Claim[] = [];
      for (const claim of await this.#deps.matches.covering(prefix, ['block']))
        if (!own(claim, prefix)) claims.push(claim);
      result.push(claims);
    }
    return result;
  }
}

/** Of a change, in the record of its result. */
function summary(verb: string, prefixes: readonly Prefix[]): string {
  const [first] = prefixes;
  const more = prefixes.length > 1 ? ` and ${prefixes.length - 1} more` : '';
  return `${verb} ${first ? formatPrefix(first) : ''}${more}`;
}

/** All or nothing; in a batch the text says which line. @throws FleetblockError INVALID_ARGUMENT. */
function parsePrefixes(texts: readonly string[]): Prefix[] {
  if (texts.length === 0) throw new FleetblockError('INVALID_ARGUMENT', 'no prefix given');
  if (texts.length > MAX_CHANGE_PREFIXES)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${texts.length} prefixes at once: at most ${MAX_CHANGE_PREFIXES}, larger lists with fleetblock import`,
    );
  return texts.map((text, i) => {
    try {
      return parsePrefix(text);
    } catch (error) {
      if (texts.length === 1) throw error;
      throw new FleetblockError('INVALID_ARGUMENT', `line ${i + 1}: ${messageOf(error)}`, { cause: error });
    }
  });
}

function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && covers(a, b);
}
