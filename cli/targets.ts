// Which hosts: exactly one of --all-hosts, --host NAME..., -l SELECTOR. Nothing silently means the whole fleet.
import { FleetblockError } from '../common/errors.ts';
import { hostsSelector, parseLabelSelector, type Selector } from '../common/text/selector.ts';

/** As commander parses what addTarget() adds; `host` may hold several names in one text, separated by commas. */
export interface TargetOptions {
  readonly allHosts?: boolean;
  readonly host?: readonly string[];
  readonly selector?: string;
}

/** Undefined when none is given. @throws FleetblockError INVALID_ARGUMENT: more than one, or a malformed one. */
export function targetOf(options: TargetOptions): Selector | undefined {
  const given = [options.allHosts === true, options.host !== undefined, options.selector !== undefined];
  const count = given.filter(Boolean).length;
  if (count > 1) throw new FleetblockError('INVALID_ARGUMENT', 'say only one of --all-hosts, --host and -l');
  if (options.allHosts === true) return { kind: 'all' };
  if (options.host !== undefined) return hostsSelector(options.host.flatMap((name) => name.split(',')));
  return options.selector === undefined ? undefined : parseLabelSelector(options.selector);
}

/** @throws FleetblockError INVALID_ARGUMENT when no target is given. */
export function requireTarget(options: TargetOptions): Selector {
  const target = targetOf(options);
  if (target) return target;
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    'which hosts? say --all-hosts, --host NAME or -l SELECTOR (env=prod,role!=db)',
  );
}

/**
 * `--host` takes several names, so `--host web1 192.0.2.1` hands the prefix to it too. When there is no prefix elsewhere, what
 * can only be one at the end of the names is taken as such.
 */
export function splitHosts(
  args: readonly string[],
  options: TargetOptions & { readonly file?: string },
): { words: readonly string[]; target: TargetOptions } {
  const names = options.host;
  if (args.length > 0 || options.file !== undefined || names === undefined) return { words: args, target: options };
  const first = names.findIndex((name, i) => i > 0 && isPrefix(name));
  if (first < 0) return { words: args, target: options };
  return { words: names.slice(first), target: { ...options, host: names.slice(0, first) } };
}

function isPrefix(text: string): boolean {
  return /^[0-9a-fA-F:.]+(\/[0-9]+)?$/.test(text) && /[.:]/.test(text);
}
