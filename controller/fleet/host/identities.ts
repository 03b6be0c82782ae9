// Whether one machine alone presents a host's identity. A state directory can be copied, certificate and all, and a copy proves what the
// real host's kernel does not hold. What tells them apart: every session gets a key, kept by the host before it counts, so that one of
// two shows an old key at its second appearance, and a host that has kept one shows it ever after; and the place where it runs.
// docs/decisions/0035 and 0050.
import type { Logger } from '../../../common/logger.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Place } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { EventLog } from '../events.ts';
import type { HostNotes } from './host-notes.ts';
import type { HostRefusal } from './host-state.ts';
import type { Seals } from './seals.ts';

/** `notes` hold what each host has shown before; `seals` tell a key that this controller made from any other. */
export interface IdentitiesDeps {
  readonly notes: HostNotes;
  readonly seals: Seals;
  readonly wallMs: () => number;
  readonly nameOf: (hostId: string) => string;
  readonly store: Pick<Store, 'recordAudit'>;
  readonly events: EventLog;
  readonly log: Logger;
  /** Called once, when a host's identity is found on two machines. */
  readonly onDuplicate: (hostId: string, text: string) => void;
}

/** A verdict is kept in the notes, survives restarts, and is cleared only when the host is enrolled again. */
export class Identities {
  readonly #deps: IdentitiesDeps;
  #lastSerial = 0;

  constructor(deps: IdentitiesDeps) {
    this.#deps = deps;
  }

  /** Why nothing that this host says counts, until an admin has resolved it; survives restarts of the controller. */
  duplicate(hostId: string): HostRefusal | undefined {
    const text = this.#deps.notes.of(hostId).duplicate;
    return text === '' ? undefined : { code: 'DUPLICATE_IDENTITY', text };
  }

  /**
   * Checks a host that connects.
   * @returns false: another machine had this identity before; then `duplicate` says so from now on
   */
  admits(hostId: string, hello: Hello__Output): boolean {
    const { notes, seals } = this.#deps;
    const note = notes.of(hostId);
    if (note.duplicate !== '') return false;
    const serial = seals.serialOf(hostId, hello.sessionKey);
    const place = placeOf(hello);
    if (serial === undefined && note.sessionSerial > 0)
      this.condemn(hostId, 'it does not show the session key that this host has kept');
    else if (serial !== undefined && serial < note.sessionSerial)
      this.condemn(hostId, 'it shows the key of an earlier session, so that another has shown the later one');
    else if (isElsewhere(note.place, place)) this.condemn(hostId, 'it is on another machine or network than before');
    if (note.duplicate !== '') return false;
    if (serial !== undefined) note.sessionSerial = serial;
    if (place.bootId !== '') note.place = place;
    notes.changed(hostId);
    return true;
  }

  /** For the welcome. It replaces the key before once the host says that it has kept it. */
  nextKey(hostId: string): Uint8Array {
    const { notes, seals, wallMs } = this.#deps;
    // By the clock, so that no serial comes twice although the last ones were not noted before a crash.
    this.#lastSerial = Math.max(this.#lastSerial, notes.of(hostId).sessionSerial, wallMs() - 1) + 1;
    return seals.sessionKey(hostId, this.#lastSerial);
  }

  /** The host has it on its disk. */
  kept(hostId: string, key: Uint8Array): void {
    const { notes, seals } = this.#deps;
    const serial = seals.serialOf(hostId, key);
    const note = notes.of(hostId);
    if (serial === undefined || serial <= note.sessionSerial) return;
    note.sessionSerial = serial;
    notes.changed(hostId);
  }

  /** `why`: after `two machines present the identity of host NAME: `. */
  condemn(hostId: string, why: string): void {
    const { notes, nameOf, onDuplicate, store, events, log } = this.#deps;
    const note = notes.of(hostId);
    if (note.duplicate !== '') return;
    const name = nameOf(hostId);
    note.duplicate = `two machines present the identity of host ${name} (${why}): stop the copy, then enroll the right one again: fleetblock token create --host ${name} --keep-identity, and with that token on the host fleetblock-agent join --replace --name ${name}; or run fleetblock host revoke ${name}`;
    notes.changed(hostId);
    onDuplicate(hostId, note.duplicate);
    log.error({ host: hostId }, note.duplicate);
    events.add('host.degraded', note.duplicate, { hostId });
    const subject = `${name} (${hostId})`;
    store
      .recordAudit({ actor: 'system', verb: 'host.duplicate', subject, reason: why })
      .catch((error: unknown) => log.error({ err: error, host: hostId }, 'a copied identity is not in the audit'));
  }

  /** It was enrolled again: copies of what was before are locked out by their certificates. */
  clear(hostId: string): void {
    this.#deps.notes.forget(hostId);
  }
}

function placeOf({ bootId, networkNamespace, machineFacts }: Hello__Output): Place {
  return { bootId, network: networkNamespace, machine: machineFacts.map((fact) => fact.toString('hex')) };
}

/**
 * In one boot a host stays in its network namespace. After another boot it is the machine that must have something in common with
 * the one before. What is not known is no difference.
 */
function isElsewhere(before: Place, now: Place): boolean {
  if (before.bootId === '' || now.bootId === '') return false;
  if (before.bootId === now.bootId)
    return before.network !== '0' && now.network !== '0' && before.network !== now.network;
  const known = before.machine.length > 0 && now.machine.length > 0;
  return known && !now.machine.some((fact) => before.machine.includes(fact));
}
