// Opens the compiled BPF object and loads it into the kernel: with maps of chosen sizes, or over maps that exist already.
import { existsSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import { FleetblockError } from '../../../common/errors.ts';
import { check, errnoName, failure, kernelError } from './errno.ts';
import { PROGRAM_TYPE_XDP } from './info.ts';
import { library, offLoop, type Pointer } from './library.ts';
import { LibbpfMap } from './map.ts';
import { routeMessages, takeMessages } from './messages.ts';
import { XdpProgram } from './program.ts';

/** What differs from the object file: sizes of maps, maps to share, program flags. */
export interface LoadOptions {
  /** max_entries of a map by name; what is not named keeps the object's own. */
  readonly maxEntries?: ReadonlyMap<string, number>;
  /** Existing maps to use instead of new ones, by name. They stay the caller's. */
  readonly reuse?: ReadonlyMap<string, LibbpfMap>;
  /** Ask for multi-buffer programs where the kernel has them (Linux 5.18); true by default. */
  readonly frags?: boolean;
}

/** A map as the object declares it, before it is loaded. */
export interface MapShape {
  readonly name: string;
  readonly type: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly maxEntries: number;
  readonly flags: number;
}

const BPF_F_XDP_HAS_FRAGS = 1 << 5;
/** How many loads a signal may interrupt (libbpf tries each five times), and the pause after each in loads off the event loop. */
const INTERRUPTED_ATTEMPTS = 10;
const INTERRUPTED_PAUSE_MS = 50;

/** Owns every descriptor of the load except those of reused maps. */
export class BpfObject {
  readonly path: string;
  readonly maps: ReadonlyMap<string, LibbpfMap>;
  readonly programs: ReadonlyMap<string, XdpProgram>;
  /** Names of the maps that libbpf makes for constants and variables: only this load uses them. */
  readonly #internal: ReadonlySet<string>;
  readonly #reused: ReadonlySet<LibbpfMap>;

  /** `load` makes them. */
  constructor(
    path: string,
    maps: ReadonlyMap<string, LibbpfMap>,
    programs: ReadonlyMap<string, XdpProgram>,
    internal: ReadonlySet<string>,
    reused: ReadonlySet<LibbpfMap>,
  ) {
    this.#internal = internal;
    this.path = path;
    this.maps = maps;
    this.programs = programs;
    this.#reused = reused;
  }

  /**
   * The object's own maps, without loading anything; internal ones (.rodata, .bss) left out.
   * @throws FleetblockError when the object cannot be read
   */
  static shapes(path: string, maxEntries: ReadonlyMap<string, number> = new Map()): MapShape[] {
    const object = openObject(path);
    try {
      setSizes(object, path, maxEntries);
      return mapsOf(object).flatMap((map) => (library().mapIsInternal(map) ? [] : [shapeOf(map)]));
    } finally {
      library().objectClose(object);
    }
  }

  /**
   * Loads the object. All file descriptors are the result's: `close()` it.
   * @throws FleetblockError FAILED_PRECONDITION with what the kernel's verifier said, or PERMISSION_DENIED
   */
  static load(path: string, options: LoadOptions = {}): BpfObject {
    for (const attempt of attempts(path, options)) {
      const loaded = attempt.take(library().objectLoad(attempt.object));
      if (loaded) return loaded;
    }
    throw interrupted(path);
  }

  /** The same in a worker thread: the kernel takes a tenth of a second or more to verify a program. */
  static async loadOffLoop(path: string, options: LoadOptions = {}): Promise<BpfObject> {
    for (const attempt of attempts(path, options)) {
      const loaded = attempt.take(await offLoop(library().objectLoad, attempt.object));
      if (loaded) return loaded;
      await later(INTERRUPTED_PAUSE_MS);
    }
    throw interrupted(path);
  }

  /** @throws FleetblockError INTERNAL when the object has no such map */
  map(name: string): LibbpfMap {
    const map = this.maps.get(name);
    if (!map) throw new FleetblockError('INTERNAL', `${this.path} has no map ${name}`);
    return map;
  }

  /** @throws FleetblockError INTERNAL when the object has no such program */
  program(name: string): XdpProgram {
    const program = this.programs.get(name);
    if (!program) throw new FleetblockError('INTERNAL', `${this.path} has no program ${name}`);
    return program;
  }

  /** The maps that can be pinned and used by another load. */
  pinnable(): LibbpfMap[] {
    return [...this.maps.values()].filter((map) => !this.#internal.has(map.name));
  }

  /** Closes all programs and maps except the reused ones. What is pinned or attached stays. Idempotent. */
  close(): void {
    for (const program of this.programs.values()) program.close();
    for (const map of this.maps.values()) if (!this.#reused.has(map)) map.close();
  }
}

function openObject(path: string): Pointer {
  routeMessages(library());
  if (!existsSync(path))
    throw new FleetblockError('FAILED_PRECONDITION', `there is no BPF object ${path}: run make -C bpf`);
  takeMessages();
  const object = library().objectOpen(path, null);
  if (object === null)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `cannot open the BPF object ${path}: ${takeMessages().join('; ')}`,
      {
        cause: kernelError(library().errno(), path),
      },
    );
  return object;
}

function mapsOf(object: Pointer): Pointer[] {
  const maps: Pointer[] = [];
  for (let map = library().nextMap(object, null); map !== null; map = library().nextMap(object, map)) maps.push(map);
  return maps;
}

function programsOf(object: Pointer): Pointer[] {
  const programs: Pointer[] = [];
  for (let each = library().nextProgram(object, null); each !== null; each = library().nextProgram(object, each))
    programs.push(each);
  return programs;
}

function shapeOf(map: Pointer): MapShape {
  const lib = library();
  return {
    name: lib.mapName(map),
    type: lib.mapType(map),
    keyBytes: lib.mapKeySize(map),
    valueBytes: lib.mapValueSize(map),
    maxEntries: lib.mapMaxEntries(map),
    flags: lib.mapFlags(map),
  };
}

function setSizes(object: Pointer, path: string, maxEntries: ReadonlyMap<string, number>): void {
  const byName = new Map(mapsOf(object).map((map) => [library().mapName(map), map]));
  for (const [name, entries] of maxEntries) {
    const map = byName.get(name);
    if (map === undefined) throw new FleetblockError('INTERNAL', `${path} has no map ${name} to give a size`);
    check(library().mapSetMaxEntries(map, entries), `cannot give ${name} ${entries} entries`);
  }
}

/**
 * Attempts at a load, until one succeeds. Kernels before 5.18 do not know multi-buffer programs and say EINVAL: the next attempt does
 * without them, and any other reason shows again. A signal that arrives while the kernel verifies the program ends that with EAGAIN; libbpf
 * retries four times at once, which a burst of signals (a profiler's) outlasts.
 */
function* attempts(path: string, options: LoadOptions): Generator<LoadAttempt> {
  let frags = options.frags ?? true;
  for (let left = INTERRUPTED_ATTEMPTS; left > 0; ) {
    const attempt = new LoadAttempt(path, options, frags);
    try {
      yield attempt;
    } finally {
      attempt.close();
    }
    if (attempt.failed === 'EINVAL') frags = false;
    else left--;
  }
}

/** One object, opened and prepared, to be loaded once. */
class LoadAttempt {
  readonly object: Pointer;
  /** Why another attempt is worthwhile. */
  failed: 'EINVAL' | 'EAGAIN' | undefined;
  readonly #path: string;
  readonly #options: LoadOptions;
  readonly #frags: boolean;
  readonly #reused = new Set<LibbpfMap>();

  constructor(path: string, options: LoadOptions, frags: boolean) {
    this.#path = path;
    this.#options = options;
    this.#frags = frags;
    this.object = openObject(path);
    try {
      this.#prepare();
    } catch (error) {
      this.close();
      throw error;
    }
    takeMessages();
  }

  /** `result`: of the load. @returns undefined when another attempt may do. @throws FleetblockError */
  take(result: number): BpfObject | undefined {
    const name = failure(result);
    if (name === undefined) return this.#collect();
    if (name === 'EAGAIN' || (name === 'EINVAL' && this.#frags)) {
      this.failed = name;
      return undefined;
    }
    throw loadError(this.#path, result, takeMessages());
  }

  /** Closes libbpf's own descriptors; those of the result are duplicates. */
  close(): void {
    library().objectClose(this.object);
  }

  #prepare(): void {
    const lib = library();
    setSizes(this.object, this.#path, this.#options.maxEntries ?? new Map());
    for (const map of mapsOf(this.object)) {
      const existing = this.#options.reuse?.get(lib.mapName(map));
      if (existing === undefined) continue;
      check(lib.mapReuseFd(map, existing.fd), `cannot use the existing map ${existing.name}`);
      this.#reused.add(existing);
    }
    for (const program of programsOf(this.object)) {
      if (lib.programType(program) !== PROGRAM_TYPE_XDP) continue;
      const flags = lib.programFlags(program) & ~BPF_F_XDP_HAS_FRAGS;
      check(
        lib.programSetFlags(program, this.#frags ? flags | BPF_F_XDP_HAS_FRAGS : flags),
        'cannot set program flags',
      );
    }
  }

  #collect(): BpfObject {
    const lib = library();
    const maps = new Map<string, LibbpfMap>();
    const internal = new Set<string>();
    for (const map of mapsOf(this.object)) {
      const name = lib.mapName(map);
      if (lib.mapIsInternal(map)) internal.add(name);
      maps.set(name, this.#options.reuse?.get(name) ?? new LibbpfMap(duplicate(lib.mapFd(map)), name));
    }
    const programs = new Map<string, XdpProgram>();
    for (const program of programsOf(this.object)) {
      const name = lib.programName(program);
      programs.set(name, new XdpProgram(duplicate(lib.programFd(program)), name));
    }
    return new BpfObject(this.#path, maps, programs, internal, this.#reused);
  }
}

function interrupted(path: string): FleetblockError {
  return new FleetblockError(
    'FAILED_PRECONDITION',
    `the kernel's check of ${path} was interrupted again and again (EAGAIN): something sends signals to this process all the time, such as a profiler; stop it and try again`,
  );
}

function loadError(path: string, result: number, messages: readonly string[]): FleetblockError {
  const name = errnoName(result);
  const cause = kernelError(result, path);
  if (name === 'EPERM' || name === 'EACCES') {
    if (!messages.some((line) => line.includes('BEGIN PROG LOAD LOG')))
      return new FleetblockError(
        'PERMISSION_DENIED',
        `the kernel does not let this process load BPF programs (${name}): run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON`,
        { cause },
      );
  }
  const said = messages.map((line) => line.replace(/^libbpf: /, '')).join('\n');
  return new FleetblockError('FAILED_PRECONDITION', `the kernel refuses the BPF object ${path} (${name}):\n${said}`, {
    cause,
  });
}

/** A second descriptor of the same object, close-on-exec. */
function duplicate(fd: number): number {
  const copy = library().duplicate(fd);
  if (copy < 0) throw kernelError(library().errno(), 'cannot duplicate a file descriptor');
  return copy;
}
