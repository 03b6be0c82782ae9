// Selectors: which hosts a claim targets. One canonical text form, so that equal selectors are equal strings.
import { FleetblockError } from '../errors.ts';

/** Matched against hosts when it is used, not when it is made: hosts that join later count too. */
export type Selector = WholeSelector | StageSelector;

/** What operators target. */
export type WholeSelector =
  | { readonly kind: 'all' }
  /** Sorted, unique. */
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
  /** All terms must hold. Sorted by key. */
  | { readonly kind: 'labels'; readonly terms: readonly LabelTerm[] };

/** The hosts of a target that a stage of a rollout has reached: all up to a position, and those with one of the labels. */
export interface StageSelector {
  readonly kind: 'stage';
  readonly of: WholeSelector;
  /** Hosts whose position is below it: see hostPosition. */
  readonly below: number;
  readonly canaries: readonly LabelTerm[];
}

/** `!=` also holds for a host without the label. */
export interface LabelTerm {
  readonly key: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** The part of a host that selectors match. */
export interface SelectableHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Names and values have neither of its signs. */
const STAGE = /^stage:([0-9a-f]{8})((?:\+[^+/]+)*)\/(.*)$/;
const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;

/** Host names, label keys and label values: 1-63 of letters, digits, dot, underscore, hyphen; ends alphanumeric. */
export function isValidName(text: string): boolean {
  return NAME.test(text);
}

/** Reads `env=prod,role!=db`. @throws FleetblockError INVALID_ARGUMENT naming the form. */
export function parseLabelSelector(text: string): { readonly kind: 'labels'; readonly terms: readonly LabelTerm[] } {
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
  return { kind: 'labels', terms: terms.toSorted((a, b) => (termText(a) < termText(b) ? -1 : 1)) };
}

/** Targets hosts by name. @throws FleetblockError INVALID_ARGUMENT for no name or an impossible one. */
export function hostsSelector(names: readonly string[]): WholeSelector {
  const bad = names.find((name) => !isValidName(name));
  if (bad !== undefined || names.length === 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(bad ?? '')} is not a host name: see fleetblock hosts`,
    );
  return { kind: 'hosts', names: [...new Set(names)].sort() };
}

/** Canonical text: `all`, `host:a,b`, `labels:env=prod,role!=db`, `stage:028f5c29+canary=yes/all`. */
export function formatSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'all':
      return 'all';
    case 'hosts':
      return `host:${selector.names.join(',')}`;
    case 'labels':
      return `labels:${selector.terms.map(termText).join(',')}`;
    case 'stage': {
      const words = [selector.below.toString(16).padStart(8, '0'), ...selector.canaries.map(termText)];
      return `stage:${words.join('+')}/${formatSelector(selector.of)}`;
    }
  }
}

/** Reads what formatSelector wrote. @throws FleetblockError INVALID_ARGUMENT. */
export function parseSelector(text: string): Selector {
  const [, below, canaries, of] = STAGE.exec(text) ?? [];
  if (below === undefined || canaries === undefined || of === undefined) return parseWhole(text);
  const terms = canaries === '' ? [] : parseLabelSelector(canaries.slice(1).replaceAll('+', ',')).terms;
  return { kind: 'stage', of: parseWhole(of), below: Number.parseInt(below, 16), canaries: terms };
}

function parseWhole(text: string): WholeSelector {
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
      return selector.terms.every((term) => termHolds(term, host));
    case 'stage':
      return (
        selectorMatches(selector.of, host) &&
        (hostPosition(host.id) < selector.below || selector.canaries.some((term) => termHolds(term, host)))
      );
  }
}

/** What a stage narrows; any other selector is whole itself. */
export function wholeOf(selector: Selector): WholeSelector {
  return selector.kind === 'stage' ? selector.of : selector;
}

/** The place of a host in the order of stages, evenly spread over 32 bits: it stays what it is whoever comes or goes. Empty: the last. */
export function hostPosition(id: string): number {
  if (id === '') return 0xffffffff;
  // FNV-1a, and the end of murmur3, which spreads ids that differ little.
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function termHolds({ key, value, operator }: LabelTerm, host: SelectableHost): boolean {
  return (host.labels[key] === value) === (operator === '=');
}

function termText({ key, operator, value }: LabelTerm): string {
  return `${key}${operator}${value}`;
}
