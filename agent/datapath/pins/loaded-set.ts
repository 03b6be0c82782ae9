// Decides on start which maps the program runs on: those that are pinned, when they have the shape that is asked for, or new
// ones. See pin-sets.ts for the steps and what a crash between them leaves behind.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { LibbpfMap } from '../libbpf/map.ts';
import { BpfObject, type MapShape } from '../libbpf/object.ts';
import type { XdpProgram } from '../libbpf/program.ts';
import type { OwnPin } from './own-pins.ts';
import {
  createSet,
  listSets,
  openSet,
  openSetProgram,
  type PinSet,
  pinMissingMaps,
  pinProgram,
  removeOtherPrograms,
  removeSet,
  setName,
  setPins,
  stagedName,
} from './pin-sets.ts';

/** Which object to load, at which sizes: when the pinned maps differ from this, a new set is staged beside them. */
export interface SetOptions {
  readonly pinDir: string;
  /** Version of the maps' layout. */
  readonly layout: number;
  readonly objectPath: string;
  readonly programName: string;
  /** max_entries by map. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Maps that only account (counters, hits, events): a new set of the same layout takes them over. */
  readonly carried: ReadonlySet<string>;
}

/**
 * `adopted`: the maps hold what they held. `fresh`: new and empty, and no link ran any other program.
 * `staged`: new and empty, while links still run another set's program: fill them, swap the links, then `takeOver`.
 */
export type SetOrigin = 'adopted' | 'fresh' | 'staged';

/** Adopted from pins when they fit, else made new; `origin` says which, and so whether the maps hold anything yet. */
export class LoadedSet {
  readonly origin: SetOrigin;
  readonly maps: ReadonlyMap<string, LibbpfMap>;
  readonly program: XdpProgram;
  readonly #options: SetOptions;
  /** Shapes of the pinned maps: all but those that libbpf makes for constants and variables. */
  readonly #names: ReadonlySet<string>;
  /** Digest of the object file as it was loaded: an upgrade may replace it while the agent runs. */
  readonly #digest: string;
  #staged: boolean;

  private constructor(
    options: SetOptions,
    origin: SetOrigin,
    maps: ReadonlyMap<string, LibbpfMap>,
    program: XdpProgram,
  ) {
    this.#options = options;
    this.origin = origin;
    this.maps = maps;
    this.program = program;
    this.#names = new Set(BpfObject.shapes(options.objectPath, options.sizes).map(({ name }) => name));
    this.#digest = digestOf(options.objectPath);
    this.#staged = origin === 'staged';
  }

  /**
   * `linkedPrograms`: ids of the programs that pinned links run now.
   * @throws FleetblockError on planted pins, a refused object, missing rights
   */
  static async open(options: SetOptions, linkedPrograms: ReadonlySet<number>): Promise<LoadedSet> {
    const { pinDir, layout } = options;
    const inUse = (set: PinSet): boolean => set.programs.some(({ id }) => linkedPrograms.has(id));
    finishInterrupted(options, inUse);
    const sets = listSets(pinDir);
    const current = sets.find((set) => set.name === setName(layout));
    const shapes = BpfObject.shapes(options.objectPath, options.sizes);
    const found = current ? openSet(current, shapes) : { maps: new Map<string, LibbpfMap>(), unfit: [] };
    const fits = found.unfit.every((name) => options.carried.has(name) && !found.maps.has(name));
    const enforcing = linkedPrograms.size > 0;
    try {
      if (current && fits && (!enforcing || inUse(current)))
        return await LoadedSet.#adopt(options, current, shapes, found.maps);
      const loaded = await LoadedSet.#create(options, carriedMaps(options, found), enforcing ? 'staged' : 'fresh');
      for (const map of found.maps.values()) if (loaded.maps.get(map.name) !== map) map.close();
      if (!enforcing) loaded.#becomeCurrent();
      return loaded;
    } catch (error) {
      for (const map of found.maps.values()) map.close();
      throw error;
    }
  }

  static async #adopt(
    options: SetOptions,
    current: PinSet,
    shapes: readonly MapShape[],
    found: ReadonlyMap<string, LibbpfMap>,
  ): Promise<LoadedSet> {
    const digest = digestOf(options.objectPath);
    const missing = shapes.filter((shape) => !found.has(shape.name));
    // The same object on the same maps: a swap would gain nothing, and some drivers restart their queues for it.
    const running = missing.length === 0 ? openSetProgram(current.path, digest) : undefined;
    if (running) return new LoadedSet(options, 'adopted', found, running);
    const object = await BpfObject.loadOffLoop(options.objectPath, { maxEntries: options.sizes, reuse: found });
    try {
      const program = object.program(options.programName);
      pinMissingMaps(
        current.path,
        missing.map((shape) => object.map(shape.name)),
      );
      pinProgram(current.path, program, digest);
      return new LoadedSet(options, 'adopted', object.maps, program);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  static async #create(
    options: SetOptions,
    carried: ReadonlyMap<string, LibbpfMap>,
    origin: 'fresh' | 'staged',
  ): Promise<LoadedSet> {
    const object = await BpfObject.loadOffLoop(options.objectPath, { maxEntries: options.sizes, reuse: carried });
    try {
      const program = object.program(options.programName);
      const path = join(options.pinDir, stagedName(options.layout));
      createSet(path, object.pinnable(), program, digestOf(options.objectPath));
      return new LoadedSet(options, origin, object.maps, program);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Once every link runs `program`: it becomes the set's only one, and sets that no link uses any more are removed. */
  takeOver(): void {
    if (this.#staged) this.#becomeCurrent();
    else removeOtherPrograms(this.#path(), this.#digest);
    for (const set of listSets(this.#options.pinDir)) if (set.path !== this.#path()) removeSet(set.path);
    this.#staged = false;
  }

  /** What it has pinned, and where. */
  pins(): OwnPin[] {
    const path = this.#staged ? join(this.#options.pinDir, stagedName(this.#options.layout)) : this.#path();
    const maps = [...this.maps.values()].filter(({ name }) => this.#names.has(name));
    return setPins(path, maps, this.program, this.#digest);
  }

  /** Closes all descriptors; pins, links and what they refer to stay. Idempotent. */
  close(): void {
    this.program.close();
    for (const map of this.maps.values()) map.close();
  }

  #path(): string {
    return join(this.#options.pinDir, setName(this.#options.layout));
  }

  #becomeCurrent(): void {
    removeSet(this.#path());
    renameSync(join(this.#options.pinDir, stagedName(this.#options.layout)), this.#path());
  }
}

/** A staged set that links use was complete and becomes the current one. One that no link uses was not, and is removed. */
function finishInterrupted(options: SetOptions, inUse: (set: PinSet) => boolean): void {
  const current = join(options.pinDir, setName(options.layout));
  for (const set of listSets(options.pinDir)) {
    if (!set.name.startsWith('staged-')) continue;
    if (!inUse(set)) removeSet(set.path);
    else if (set.name === stagedName(options.layout)) {
      if (existsSync(current)) removeSet(current);
      renameSync(set.path, current);
    }
  }
}

function carriedMaps(
  options: SetOptions,
  found: { readonly maps: ReadonlyMap<string, LibbpfMap>; readonly unfit: readonly string[] },
): ReadonlyMap<string, LibbpfMap> {
  return new Map([...found.maps].filter(([name]) => options.carried.has(name) && !found.unfit.includes(name)));
}

/** Identifies an object file. The kernel's own tag for a program does not cover constants, which live in maps. */
function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}
