// Selectors: which hosts a claim targets. One canonical text form, so that equal selectors are equal strings.
import { FleetblockError } from '../errors.ts';

/** Matched against hosts when it is used, not when it is made: hosts that join later count too. */
export type Selector =
  | { readonly kind: 'all' }
  /** Sorted, unique. */
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
  /** All terms must hold. Sorted by key. */
  | { readonly kind: 'labels'; readonly terms: readonly LabelTerm[] };

/** `!=` also holds for a host without the label. */
export interface LabelTerm {
  readonly key: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** The part of a host that selectors match. */
export interface SelectableHost {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;

/** Host names, label keys and label values: 1-63 of letters, digits, dot, underscore, hyphen; ends alphanumeric. */
export function isValidName(text: string): boolean {
  return NAME.test(text);
}

/** Reads `env=prod,role!=db`. @throws FleetblockError INVALID_ARGUMENT naming the form. */
export function parseLabelSelector(text: string): Selector {
  const terms = text.split(',').map((part): LabelTerm => {
    const match = /^\s*([^=!\s]+)(!=|==|=)([^=!\s]+)\s*$/.exec(part);
    const [, key = '', operator, value = ''] = match ?? [];
    if (!isValidName(key) || !isValidName(value))
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(text.slice(0, 80))} is not a label selector: write terms like env=prod,role!=db`,
      );
    return { key, operator: operator === '!=' ? '!=' : '=', value };
  });
  const text_ = (term: LabelTerm) => `${term.key}${term.operator}${term.value}`;
  return { kind: 'labels', terms: terms.toSorted((a, b) => (text_(a) < text_(b) ? -1 : 1)) };
}

/** Targets hosts by name. @throws FleetblockError INVALID_ARGUMENT for no name or an impossible one. */
export function hostsSelector(names: readonly string[]): Selector {
  const bad = names.find((name) => !isValidName(name));
  if (bad !== undefined || names.length === 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(bad ?? '')} is not a host name: see fleetblock hosts`,
    );
  return { kind: 'hosts', names: [...new Set(names)].sort() };
}

/** Canonical text: `all`, `host:a,b`, `labels:env=prod,role!=db`. */
export function formatSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'all':
      return 'all';
    case 'hosts':
      return `host:${selector.names.join(',')}`;
    case 'labels':
      return `labels:${selector.terms.map((term) => `${term.key}${term.operator}${term.value}`).join(',')}`;
  }
}

/** Reads what formatSelector wrote. @throws FleetblockError INVALID_ARGUMENT. */
export function parseSelector(text: string): Selector {
  if (text === 'all') return { kind: 'all' };
  if (text.startsWith('host:')) return hostsSelector(text.slice(5).split(','));
  if (text.startsWith('labels:')) return parseLabelSelector(text.slice(7));
  throw new FleetblockError('INVALID_ARGUMENT', `${JSON.stringify(text.slice(0, 80))} is not a selector`);
}

/** A missing label differs from every value, as in Kubernetes: `role!=db` matches a host without `role`. */
export function selectorMatches(selector: Selector, host: SelectableHost): boolean {
  switch (selector.kind) {
    case 'all':
      return true;
    case 'hosts':
      return selector.names.includes(host.name);
    case 'labels':
      return selector.terms.every((term) => (host.labels[term.key] === term.value) === (term.operator === '='));
  }
}
