// What the controller remembers of each host beside its record: its identity when it was last connected, and its state. In
// memory, and in the store soon after: several hosts at a time, and never one write per ack.
import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { HostNote, Place } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** The store is read once, at the start, and written in batches after that. */
export interface HostNotesDeps {
  readonly store: Pick<Store, 'hostNotes' | 'saveHostNotes'>;
  readonly log: Logger;
}

/** How long changes are gathered, milliseconds. */
const SAVE_MS = 200;
/** After a failure, milliseconds. */
const RETRY_MS = 5000;
const NOWHERE: Place = { bootId: '', network: '0', machine: [] };

/** Writes are gathered for 200 ms and repeated until they succeed; a crash loses what was not yet written. */
export class HostNotes {
  readonly #deps: HostNotesDeps;
  readonly #notes = new Map<string, HostNote>();
  readonly #unsaved = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  private constructor(deps: HostNotesDeps) {
    this.#deps = deps;
  }

  static async load(deps: HostNotesDeps): Promise<HostNotes> {
    const notes = new HostNotes(deps);
    for (const [hostId, note] of await deps.store.hostNotes()) notes.#notes.set(hostId, note);
    return notes;
  }

  /** Change it in place, then call `changed`. */
  of(hostId: string): HostNote {
    const known = this.#notes.get(hostId);
    if (known) return known;
    const note: HostNote = { sessionSerial: 0, duplicate: '', place: NOWHERE, seen: undefined };
    this.#notes.set(hostId, note);
    return note;
  }

  changed(hostId: string): void {
    this.#unsaved.add(hostId);
    this.#saveIn(SAVE_MS);
  }

  /** Of all hosts, at once in the store: the secret that made the keys is another now, and none is known again. */
  async forgetKeys(): Promise<void> {
    const keyed = [...this.#notes].filter(([, { sessionSerial }]) => sessionSerial > 0);
    for (const [, note] of keyed) note.sessionSerial = 0;
    await this.#deps.store.saveHostNotes(keyed);
  }

  /** Everything except its state. */
  forget(hostId: string): void {
    this.#notes.set(hostId, { sessionSerial: 0, duplicate: '', place: NOWHERE, seen: this.of(hostId).seen });
    this.changed(hostId);
  }

  /** Resolves when all that has changed is in the store, or could not be put there. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#saving;
    await this.#save();
  }

  #saveIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#saving = this.#saving.then(() => this.#save());
    }, ms).unref();
  }

  async #save(): Promise<void> {
    const ids = [...this.#unsaved];
    if (ids.length === 0) return;
    this.#unsaved.clear();
    try {
      await this.#deps.store.saveHostNotes(ids.map((id) => [id, this.of(id)]));
    } catch (error) {
      for (const id of ids) this.#unsaved.add(id);
      this.#deps.log.warn({ reason: messageOf(error) }, 'what is known of hosts could not be saved');
      this.#saveIn(RETRY_MS);
    }
  }
}
