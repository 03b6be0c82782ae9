// Who may have one more connection. What counts is whose it is, not which certificate it shows: a host that renews its certificate a
// thousand times has no more places than one that does not. At a limit the newest connection is refused, and open ones continue.

import { largest } from '../../../common/net/largest.ts';
import type { Subject } from '../../identity/pki/names.ts';
import type { FrontLimits } from './limits.ts';

/** `clients` bounds all places; the two `keptFor` values are parts of it. */
export type PlacesLimits = Pick<
  FrontLimits,
  'clients' | 'perHost' | 'perOperator' | 'keptForOperators' | 'keptForAdmins'
>;

/** By how many places are kept free of them. */
const KINDS = ['host', 'operator', 'admin'] as const;
type Kind = (typeof KINDS)[number];

/** Whose a connection is. */
export interface Holder {
  readonly kind: Kind;
  /** As the audit has actors: unique among all kinds. */
  readonly name: string;
}

/** Undefined, a certificate whose subject makes no sense, counts as a host named `nobody`. */
export function holderOf(subject: Subject | undefined): Holder {
  if (!subject) return { kind: 'host', name: 'nobody' };
  if (subject.kind === 'agent') return { kind: 'host', name: `agent/${subject.hostId}` };
  const { role, name } = subject;
  return { kind: role === 'admin' ? 'admin' : 'operator', name: `${role}/${name}` };
}

/** Only counts; its owner closes the connections. */
export class Places<T> {
  readonly #limits: PlacesLimits;
  readonly #giveWay: (member: T) => void;
  /** Members in order of arrival. */
  readonly #taken: Readonly<Record<Kind, Map<string, Set<T>>>> = {
    host: new Map(),
    operator: new Map(),
    admin: new Map(),
  };
  #size = 0;

  /** @param giveWay called with the newest of the holder of the most, when all places are taken */
  constructor(limits: PlacesLimits, giveWay: (member: T) => void) {
    this.#limits = limits;
    this.#giveWay = giveWay;
  }

  /** @returns why there is no place, for its owner to read; undefined: it has one, until `leave` */
  take(member: T, { kind, name }: Holder): string | undefined {
    const { perHost, perOperator } = this.#limits;
    const own = this.#taken[kind].get(name) ?? new Set();
    const each = kind === 'host' ? perHost : perOperator;
    if (own.size >= each)
      return `too many connections of ${name}: ${each} are open, close some of them or wait for them to end`;
    if (this.#size >= this.#roomFor(kind) && !this.#makeRoom(kind, own.size))
      return 'the controller serves as many connections as it can: try again later';
    this.#taken[kind].set(name, own.add(member));
    this.#size++;
    return undefined;
  }

  /** @param holder as at `take`. Idempotent. */
  leave(member: T, { kind, name }: Holder): void {
    const own = this.#taken[kind].get(name);
    if (!own?.delete(member)) return;
    this.#size--;
    if (own.size === 0) this.#taken[kind].delete(name);
  }

  #roomFor(kind: Kind): number {
    const { clients, keptForOperators, keptForAdmins } = this.#limits;
    return clients - { host: keptForOperators, operator: keptForAdmins, admin: 0 }[kind];
  }

  /** Takes a place from the holder of the most, unless the newcomer would then have as many. */
  #makeRoom(kind: Kind, own: number): boolean {
    for (const from of KINDS.slice(0, KINDS.indexOf(kind) + 1)) {
      const [name = '', most = 0] = largest(this.#taken[from], ({ size }) => size) ?? [];
      // An operator's place comes before any host's.
      if (from === kind ? most < own + 2 : most === 0) continue;
      const newest = [...(this.#taken[from].get(name) ?? [])].at(-1);
      if (newest === undefined) continue;
      this.leave(newest, { kind: from, name });
      this.#giveWay(newest);
      return true;
    }
    return false;
  }
}
