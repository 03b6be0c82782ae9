// Webhooks in: what admins have declared, and what their senders post. What is reported goes the way of all detectors' reports: a webhook
// blocks nothing that the policy of its source does not let it.
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { Attribution } from '../claims/attribution.ts';
import type { Detectors } from '../detectors/detectors.ts';
import type { Store } from '../store/store.ts';
import { actorOf, checkedHook, type Hook, KINDS, readHook, secretsOf, sourceOf } from './hook.ts';
import { type MappedRow, reportsOf, rowsOf } from './mapping.ts';
import { HookMeter } from './metrics.ts';
import { Replays, WINDOW_MS } from './replays.ts';
import { verified } from './signature.ts';
import { TryLater } from './try-later.ts';

export interface HooksDeps {
  readonly store: Pick<Store, 'settings' | 'changeSettings'>;
  readonly detectors: Pick<Detectors, 'fromDoor' | 'policies'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/** What an admin says of one. */
export type NewHook = Omit<Hook, 'scheme' | 'actor' | 'createdMs'> & { readonly scheme: string };

/** For those who list them; the counts are since this controller started. */
export interface HookStatus {
  readonly hook: Hook;
  /** Pattern of the policy that judges what it reports; empty: it blocks nothing. */
  readonly policy: string;
  readonly received: number;
  readonly denied: number;
  /** Unix milliseconds, 0: never. */
  readonly receivedMs: number;
}

/** A request that its sender may have signed; `from` is the address and port of its connection. */
export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly from: string;
}

/** What became of a row. */
export type RowResult =
  | { readonly prefix: string; readonly unban: boolean; readonly refused?: string }
  | { readonly refused: string };

/** `rows` undefined: it came before, and nothing was done now. */
export interface Received {
  readonly rows: readonly RowResult[] | undefined;
}

interface Kept {
  hook: Hook;
  secrets: readonly string[];
  readonly replays: Replays;
  /** Unix milliseconds by its sender's clock. What was signed before may have been done by the controller before. */
  readonly sinceMs: number;
  /** By which its sender's clock was ahead at most, milliseconds. */
  aheadMs: number;
  received: number;
  denied: number;
  receivedMs: number;
}

/** Senders are not told who operates the fleet, and from where. */
const NEEDED = 'it is needed or allowed here: the last reason is in fleetblock detector list';
const MOST_HOOKS = 1000;
const SECOND_MS = 1000;
/** After which it is told once more that a request was denied, milliseconds. */
const QUIET_MS = 10_000;

/** In memory, written through to the store. Lives as long as the controller. */
export class Hooks {
  readonly meter = new HookMeter();
  readonly #deps: HooksDeps;
  readonly #kept = new Map<string, Kept>();
  /** No one has it: what is asked of a webhook that is not there takes as long, and gets the same answer. */
  readonly #nobodys = [randomBytes(32).toString('hex')];
  /** Unix milliseconds. */
  #quietMs = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(deps: HooksDeps) {
    this.#deps = deps;
  }

  /** One that cannot be read, as after a downgrade, takes nothing until it is declared again. */
  static async load(deps: HooksDeps): Promise<Hooks> {
    const hooks = new Hooks(deps);
    const secrets = new Map((await deps.store.settings(KINDS.secret)).map(({ name, body }) => [name, body]));
    const ahead = new Map((await deps.store.settings(KINDS.ahead)).map(({ name, body }) => [name, Number(body)]));
    for (const { name, body } of await deps.store.settings(KINDS.hook))
      try {
        const secret: unknown = JSON.parse(secrets.get(name) ?? 'null');
        if (typeof secret !== 'string') throw new Error('it has no secret');
        hooks.#keep(readHook(body), secret, ahead.get(name));
      } catch (error) {
        const advice = 'declare it again with fleetblock hook add';
        deps.log.warn({ hook: name, reason: messageOf(error), advice }, 'a webhook cannot be read');
      }
    return hooks;
  }

  /** By name. */
  list(): HookStatus[] {
    return [...this.#kept.values()]
      .map((kept) => this.#status(kept))
      .toSorted((a, b) => (a.hook.name < b.hook.name ? -1 : 1));
  }

  /** @throws FleetblockError INVALID_ARGUMENT, ALREADY_EXISTS, RESOURCE_EXHAUSTED */
  add(asked: NewHook, secret: string, replace: boolean, by: Attribution): Promise<HookStatus> {
    return this.#inTurn(() => this.#add(asked, secret, replace, by));
  }

  async #add(asked: NewHook, secret: string, replace: boolean, by: Attribution): Promise<HookStatus> {
    const hook = checkedHook({ ...asked, actor: by.actor, createdMs: this.#deps.clock.wallMs() }, secret);
    const { name, scheme } = hook;
    const known = this.#kept.has(name);
    if (known && !replace)
      throw new FleetblockError('ALREADY_EXISTS', `there is a webhook ${name}: say --replace to declare it again`);
    if (!known && this.#kept.size >= MOST_HOOKS)
      throw new FleetblockError('RESOURCE_EXHAUSTED', `there are ${MOST_HOOKS} webhooks: remove one that is not used`);
    await this.#deps.store.changeSettings({
      sets: [
        { kind: KINDS.hook, name, body: JSON.stringify(hook) },
        { kind: KINDS.secret, name, body: JSON.stringify(secret) },
      ],
      audit: { ...by, verb: 'hook.add', subject: `${name}: ${scheme}${known ? ', in place of the earlier one' : ''}` },
    });
    return this.#status(this.#keep(hook, secret));
  }

  /** What was reported by it stays until its end. @throws FleetblockError NOT_FOUND */
  remove(name: string, by: Attribution): Promise<HookStatus> {
    return this.#inTurn(() => this.#remove(name, by));
  }

  async #remove(name: string, by: Attribution): Promise<HookStatus> {
    const kept = this.#kept.get(name);
    if (!kept)
      throw new FleetblockError(
        'NOT_FOUND',
        `there is no webhook ${JSON.stringify(name.slice(0, 64))}: see fleetblock hook list`,
      );
    await this.#deps.store.changeSettings({
      deletes: [
        { kind: KINDS.hook, name },
        { kind: KINDS.secret, name },
        { kind: KINDS.ahead, name },
      ],
      audit: { ...by, verb: 'hook.remove', subject: name },
    });
    this.#kept.delete(name);
    return this.#status(kept);
  }

  /**
   * Whose request it is; undefined: no one's that is known, or signed at another time. Says no more: whoever asks learns nothing.
   * @throws TryLater: it may have been done before this controller began
   */
  admit(name: string, { headers, body, from }: Posted): Admitted | undefined {
    const { clock } = this.#deps;
    const nowMs = clock.wallMs();
    const kept = this.#kept.get(name);
    const signed = verified(kept?.hook.scheme ?? 'standard', headers, body, kept?.secrets ?? this.#nobodys);
    const signedMs = signed?.once?.signedMs ?? nowMs;
    if (!kept || !signed || Math.abs(nowMs - signedMs) > WINDOW_MS) {
      if (kept) kept.denied++;
      this.#denied(name, from);
      return undefined;
    }
    // Times are whole seconds.
    if (signedMs + SECOND_MS <= kept.sinceMs)
      throw new TryLater(
        'UNAVAILABLE',
        'it was signed before this controller started: sign it again',
        Math.min(WINDOW_MS, kept.sinceMs - signedMs),
      );
    kept.received++;
    kept.receivedMs = nowMs;
    return { kept, once: signed.once, nowMs };
  }

  /** @param parse reads the body. @throws TryLater; FleetblockError INVALID_ARGUMENT: what is wrong with the body */
  async take({ kept, once, nowMs }: Admitted, from: string, parse: () => unknown): Promise<Received> {
    const { hook, replays } = kept;
    if (once && once.signedMs > nowMs) await this.#noteAhead(kept, once.signedMs + SECOND_MS - nowMs);
    const work = () => this.#report(hook, from, rowsOf(parse(), hook));
    const rows = once ? await replays.once(once.id, once.signedMs + WINDOW_MS, nowMs, work) : await work();
    return { rows };
  }

  /** Before anything is done by it: the next controller is not to do it again. Whole seconds, so that few are written. */
  #noteAhead(kept: Kept, ms: number): Promise<void> {
    const aheadMs = Math.ceil(ms / SECOND_MS) * SECOND_MS;
    return this.#inTurn(async () => {
      if (aheadMs <= kept.aheadMs) return;
      const ahead = { kind: KINDS.ahead, name: kept.hook.name, body: `${aheadMs}` };
      await this.#deps.store.changeSettings({ sets: [ahead] });
      kept.aheadMs = aheadMs;
    });
  }

  /** All that is not refused, in one change. */
  async #report({ name }: Hook, from: string, rows: readonly MappedRow[]): Promise<RowResult[]> {
    const reports = reportsOf(rows);
    const results = rows.map(
      (row): RowResult => ('problem' in row ? { refused: row.problem } : { prefix: row.prefix, unban: row.unban }),
    );
    const said = { source: sourceOf(name), rows: reports.map(({ row }) => row) };
    const answer = await this.#deps.detectors.fromDoor({ actor: actorOf(name), from }, said);
    if (answer.retryMs > 0)
      throw new TryLater(answer.limited ? 'RESOURCE_EXHAUSTED' : 'UNAVAILABLE', answer.problem, answer.retryMs);
    const reasons = new Map(answer.refused.map(({ row, reason, ofFleet }) => [row, ofFleet ? NEEDED : reason]));
    for (const [i, { row, of }] of reports.entries()) {
      const refused = reasons.get(i);
      const result = { prefix: row.prefix, unban: row.unban, ...(refused !== undefined && { refused }) };
      for (const each of of) results[each] = result;
    }
    return results;
  }

  /** One change of what is declared at a time: each is checked against what the one before it has left. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #keep(hook: Hook, secret: string, aheadMs = 0): Kept {
    const known = this.#kept.get(hook.name);
    // What was signed before is not known to it: it may have been done under this name and secret.
    const sinceMs = this.#deps.clock.wallMs() + aheadMs;
    const kept = known ?? { ...NONE, hook, secrets: [], replays: new Replays(), sinceMs, aheadMs };
    kept.hook = hook;
    kept.secrets = secretsOf(secret);
    this.#kept.set(hook.name, kept);
    return kept;
  }

  #status({ hook, received, denied, receivedMs }: Kept): HookStatus {
    const policy = this.#deps.detectors.policies.for(sourceOf(hook.name))?.pattern ?? '';
    return { hook, policy, received, denied, receivedMs };
  }

  #denied(name: string, from: string): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs < this.#quietMs) return;
    this.#quietMs = nowMs + QUIET_MS;
    this.#deps.log.warn({ hook: name.slice(0, 64), from }, 'a webhook was posted without a good signature');
  }
}

/** A request whose signature is good. */
export interface Admitted {
  readonly kept: Kept;
  readonly once: { readonly id: string; readonly signedMs: number } | undefined;
  readonly nowMs: number;
}

const NONE = { received: 0, denied: 0, receivedMs: 0 } as const;
