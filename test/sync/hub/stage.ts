// A controller's hub with the real store and views, and hosts that speak straight into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../common/logger.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import type { HubOptions } from '../../../controller/fleet/hub/hub-options.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { addressRows } from '../rows.ts';
import { FakeHost } from './fake-host.ts';

export const SECRET = new Uint8Array(32).fill(7);
export const BY = { actor: 'admin/test', reason: '' };
export const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

export class HubStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'fleetblock-hub-'));
  hosts: FakeHost[] = [];
  #store: Store | undefined;
  #controller: Controller | undefined;

  get store(): Store {
    if (!this.#store) throw new Error('not started');
    return this.#store;
  }

  get controller(): Controller {
    if (!this.#controller) throw new Error('not started');
    return this.#controller;
  }

  /** Starts a controller on the directory's store, with `count` hosts: h0, h1... May be called again after `stop`. */
  async start(count: number, hub: HubOptions = {}, history = 10_000): Promise<void> {
    this.#store = await openSqliteStore({ directory: this.directory, create: true, clock, historyRevisions: history });
    const secret = { bytes: SECRET, isNew: false };
    this.#controller = await startController({
      store: this.store,
      clock,
      log: createLogger('test', 'silent'),
      hub,
      secret,
    });
    if ((await this.store.hosts()).length === 0) await this.#enroll(count);
    this.hosts = Array.from({ length: count }, (_, i) => new FakeHost(`h${i}`, this.controller.hub, clock.wallMs));
  }

  async #enroll(count: number): Promise<void> {
    const secretHash = new Uint8Array(32);
    const token = {
      id: 'some-token',
      secretHash,
      expiresMs: Date.now() + 60_000,
      maxUses: count,
      labels: {},
      hostName: '',
    };
    await this.store.createToken(token, BY);
    for (let i = 0; i < count; i++)
      await this.store.enroll({
        tokenId: token.id,
        secretHash,
        hostId: `h${i}`,
        hostName: `h${i}`,
        labels: {},
        from: '',
      });
  }

  async stop(): Promise<void> {
    this.controller.close();
    await this.store.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  host(i: number): FakeHost {
    const found = this.hosts[i];
    if (!found) throw new Error(`no host ${i}`);
    return found;
  }

  block(prefix: string) {
    return this.store.addClaims({
      ...BY,
      prefixes: [parsePrefix(prefix)],
      action: 'block',
      origin: 'manual',
      selector: { kind: 'all' },
      expiresMs: 0,
      dryRun: false,
    });
  }

  bigList(rows: number) {
    return this.store.replaceList({
      ...BY,
      name: 'big',
      action: 'block',
      selector: { kind: 'all' },
      chunks: addressRows(rows),
      dryRun: false,
    });
  }

  prove(timeoutMs = 5000) {
    const ids = this.hosts.map((each) => each.id);
    return this.controller.hub.prove(ids, this.store.head, timeoutMs);
  }
}
