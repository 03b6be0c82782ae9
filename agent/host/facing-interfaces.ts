// The interfaces that face the network, when nobody has named any: those that default routes go through, and those that they went
// through before. What was chosen once stays chosen, so that a host is protected from its boot on, before there is a route.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../common/files.ts';
import { defaultRouteInterfaces } from '../../common/host/proc-net.ts';
import { isInterfaceName } from '../datapath/interfaces/interface-names.ts';
import { linkTypeProblem } from '../datapath/interfaces/link-type.ts';
import { KernelError } from '../datapath/kernel-map.ts';

const FILE = 'interfaces.json';
const schema = z.object({ interfaces: z.array(z.string().refine(isInterfaceName)) });
/** Between two looks at the routes, milliseconds: a router has a million of them. */
const LOOK_MS = 10_000;

/** Where the routes and the time come from, for tests. */
export interface FacingSources {
  readonly stateDir: string;
  /** Names of the interfaces of the default routes. Default: the kernel's. */
  readonly routes?: () => readonly string[];
  /** Can the program read packets of that interface? Default: asks the kernel. */
  readonly isReadable?: (name: string) => boolean;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
}

/** Kept in the state directory. A VPN's tunnel that takes the default route is passed over: it has no Ethernet headers. */
export class FacingInterfaces {
  readonly #sources: Required<FacingSources>;
  readonly #file: string;
  #names: readonly string[];
  #lookedMs = Number.NEGATIVE_INFINITY;
  #recorded = true;

  constructor(sources: FacingSources) {
    this.#sources = {
      routes: () => defaultRouteInterfaces(),
      isReadable,
      nowMs: () => performance.now(),
      ...sources,
    };
    this.#file = join(sources.stateDir, FILE);
    this.#names = readNames(this.#file);
  }

  /** Looks at the routes when the last look is some seconds old, or has found nothing. Empty: there has been none so far. */
  names(): readonly string[] {
    const { routes, isReadable, nowMs } = this.#sources;
    const now = nowMs();
    if (this.#names.length > 0 && now - this.#lookedMs < LOOK_MS) return this.#names;
    this.#lookedMs = now;
    const found = routes().filter((name) => !this.#names.includes(name) && isReadable(name));
    if (found.length > 0) {
      this.#names = [...this.#names, ...new Set(found)];
      this.#recorded = false;
    }
    if (!this.#recorded) this.#record();
    return this.#names;
  }

  /** A full disk must not keep the host unprotected: it is tried again at the next look. */
  #record(): void {
    try {
      writeFileAtomic(this.#file, `${JSON.stringify({ interfaces: this.#names })}\n`);
      this.#recorded = true;
    } catch {
      // Until then the next boot waits for a route.
    }
  }
}

/** A file that cannot be read costs no more than the wait for a route. */
function readNames(file: string): readonly string[] {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))).interfaces;
  } catch {
    return [];
  }
}

function isReadable(name: string): boolean {
  try {
    return linkTypeProblem(name) === '';
  } catch (error) {
    // It has gone meanwhile.
    if (error instanceof KernelError) return false;
    throw error;
  }
}
