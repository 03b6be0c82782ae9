// Up to which revision the bouncer of each API key was served, also after a restart: a bouncer asks for everything only when it begins
// itself. An answer may be lost after it was sent: what changed is said in two.
import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { Revision } from '../../../common/revision.ts';
import type { Store } from '../../store/store.ts';

/** `epoch` is the store's: revisions of another one say nothing. */
export interface PullsDeps {
  readonly store: Pick<Store, 'epoch' | 'settings' | 'changeSettings' | 'apiKeys'>;
  readonly log: Logger;
}

/** What it was served, and what it was served before that. */
interface Pull {
  readonly last: Revision;
  readonly before: Revision;
}

const KIND = 'bouncer';
/** How callers by an API key begin. */
const KEY = 'apikey/';
/** How often what is known is saved, milliseconds: from an earlier revision a bouncer only hears more. */
const SAVE_MS = 10_000;

/** By the caller: a bouncer has a key of its own, as with CrowdSec. */
export class Pulls {
  readonly #deps: PullsDeps;
  readonly #byCaller: Map<string, Pull>;
  readonly #unsaved = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  private constructor(deps: PullsDeps, known: ReadonlyMap<string, Pull>) {
    this.#deps = deps;
    this.#byCaller = new Map(known);
  }

  static async load(deps: PullsDeps): Promise<Pulls> {
    const known = new Map<string, Pull>();
    for (const { name, body } of await deps.store.settings(KIND)) {
      const revision = BigInt(/^[0-9]+$/.exec(body.slice(deps.store.epoch.length + 1))?.[0] ?? -1);
      if (body.startsWith(`${deps.store.epoch} `) && revision >= 0n)
        known.set(name, { last: revision, before: revision });
    }
    return new Pulls(deps, known);
  }

  /** From where its next answer goes on; undefined: it was served nothing that is known here. */
  since(caller: string): Revision | undefined {
    return this.#byCaller.get(caller)?.before;
  }

  /** It was sent what changed up to this revision; `whole`: everything. */
  served(caller: string, revision: Revision, whole: boolean): void {
    const known = this.#byCaller.get(caller);
    const pull = { last: revision, before: (whole ? undefined : known?.last) ?? revision };
    this.#byCaller.set(caller, pull);
    if (known?.before === pull.before) return;
    this.#unsaved.add(caller);
    this.#timer ??= setTimeout(() => this.#save(), known ? SAVE_MS : 0).unref();
  }

  #save(): void {
    this.#timer = undefined;
    this.#write().catch((error: unknown) => {
      this.#deps.log.warn({ reason: messageOf(error) }, 'up to where bouncers were served could not be saved');
    });
  }

  /** What is new, and nothing any more of keys that were revoked. */
  async #write(): Promise<void> {
    const { store } = this.#deps;
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    const keys = new Set((await store.apiKeys()).filter(({ revokedMs }) => revokedMs === 0).map(({ name }) => name));
    const isGone = (caller: string) => caller.startsWith(KEY) && !keys.has(caller.slice(KEY.length));
    for (const caller of this.#byCaller.keys()) if (isGone(caller)) this.#byCaller.delete(caller);
    const gone = (await store.settings(KIND)).filter(({ name }) => isGone(name));
    const sets = unsaved.flatMap((name) => {
      const pull = this.#byCaller.get(name);
      return pull ? [{ kind: KIND, name, body: `${store.epoch} ${pull.before}` }] : [];
    });
    await store.changeSettings({ sets, deletes: gone.map(({ name }) => ({ kind: KIND, name })) });
  }
}
