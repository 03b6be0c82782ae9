// A veth pair in a namespace of its own with a datapath on it, for tests of what happens to a host: everything is removed after each test.
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { InterfaceState } from '../../../agent/datapath/datapath.ts';
import type { Limits } from '../../../agent/datapath/decision/limits.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { packagedObject } from '../../../agent/datapath/platform.ts';
import { openXdpDatapath, type XdpDatapath, type XdpDatapathOptions } from '../../../agent/datapath/xdp-datapath.ts';
import { freshPinDir, ip, makePair, PrivateNetwork, quiet } from '../network.ts';
import { Probe } from '../traffic/probe.ts';

export const BLOCKED = '198.51.100.7';
export const CLEAN = '203.0.113.9';
export const SMALL: Limits = { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 };

/** The host of the test that runs. `in0` is what datapaths attach to, `out0` what packets are sent into. */
export class Life {
  pinDir = '';
  /** What the datapaths of this test reported of their interfaces, in order. */
  changes: InterfaceState[][] = [];
  readonly probe: Probe;
  readonly #network: PrivateNetwork;
  readonly #scratch: string;
  #open: XdpDatapath[] = [];

  private constructor() {
    this.#network = PrivateNetwork.enter();
    this.probe = new Probe();
    this.#scratch = mkdtempSync(join(tmpdir(), 'fblife-'));
  }

  /** Call it inside a describe(). @returns the host, from the first test on */
  static hooks(): () => Life {
    let life: Life | undefined;
    const present = (): Life => {
      if (!life) throw new Error('no test runs');
      return life;
    };
    beforeAll(() => {
      life = new Life();
    });
    beforeEach(() => present().#begin());
    afterEach(() => present().#end());
    afterAll(() => present().#leave());
    return present;
  }

  async start(options: Partial<XdpDatapathOptions> = {}): Promise<XdpDatapath> {
    const datapath = await openXdpDatapath({
      pinDir: this.pinDir,
      interfaces: ['in0'],
      limits: SMALL,
      logger: quiet,
      onInterfaceChange: (states) => this.changes.push(states),
      ...options,
    });
    this.#open.push(datapath);
    return datapath;
  }

  /** The same program from another object file: what an upgrade brings. */
  upgradedObject(): string {
    const path = join(this.#scratch, `upgrade-${Math.random()}.bpf.o`);
    copyFileSync(packagedObject(), path);
    appendFileSync(path, 'x');
    return path;
  }

  /** Of 64 packets. */
  passed(source: string): Promise<number> {
    return this.probe.passed('out0', 'in0', source);
  }

  async expectEnforced(): Promise<void> {
    expect(await this.passed(BLOCKED)).toBe(0);
    expect(await this.passed(CLEAN)).toBe(64);
  }

  #begin(): void {
    this.pinDir = freshPinDir();
    this.changes = [];
    makePair('in0', 'out0');
    this.probe.watch('in0');
  }

  async #end(): Promise<void> {
    for (const each of this.#open) await each.closed();
    this.#open = [];
    detachXdp(this.pinDir);
    expect(existsSync(this.pinDir)).toBe(false);
    for (const name of ['in0', 'renamed0']) if (ip('-br', 'link').includes(name)) ip('link', 'del', name);
  }

  #leave(): void {
    this.probe.close();
    rmSync(this.#scratch, { recursive: true, force: true });
    this.#network.leave();
  }
}
