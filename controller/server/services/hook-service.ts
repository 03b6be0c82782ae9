// HookService on the wire.
import { FleetblockError } from '../../../common/errors.ts';
import type { Hook as HookWire } from '../../../proto/gen/fleetblock/v1/Hook.ts';
import type { HookServiceHandlers } from '../../../proto/gen/fleetblock/v1/HookService.ts';
import { attribution } from '../../claims/attribution.ts';
import type { HookStatus, Hooks } from '../../hooks/hooks.ts';
import { type CallDeps, type MethodsOf, unary } from './calls.ts';

/** `hooks` checks and keeps them. */
export interface HookServiceDeps extends CallDeps {
  readonly hooks: Pick<Hooks, 'add' | 'list' | 'remove'>;
}

/** What admins declare of webhooks. */
export function hookMethods(deps: HookServiceDeps): MethodsOf<HookServiceHandlers> {
  const { hooks } = deps;
  return {
    AddHook: unary(deps, async ({ hook, secret, replace, reason }, { caller }) => {
      if (!hook) throw new FleetblockError('INVALID_ARGUMENT', 'no webhook: say which one');
      return toWire(await hooks.add(hook, secret, replace, attribution(caller, reason)));
    }),
    ListHooks: unary(deps, async () => ({ hooks: hooks.list().map(toWire) })),
    RemoveHook: unary(deps, async ({ name, reason }, { caller }) =>
      toWire(await hooks.remove(name, attribution(caller, reason))),
    ),
  };
}

function toWire({ hook, policy, received, denied, receivedMs }: HookStatus): HookWire {
  const { name, scheme, rows, address, duration, reason, unbanIf, actor, createdMs } = hook;
  return {
    spec: { name, scheme, rows, address, duration, reason, unbanIf },
    ...{ actor, policy, received, denied },
    createdAtMs: createdMs,
    receivedAtMs: receivedMs,
  };
}
