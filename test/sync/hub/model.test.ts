// Guarantees of the store, the views and the hub as properties: whatever changes, moves, cuts and stalls happen in whatever order,
// every host ends up with exactly what the claims say for it, revisions come in order, and digests are equal when all is quiet.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACTION_NAMES, slotOf } from '../../../common/action.ts';
import { packEntries, unpackEntries } from '../../../common/entries/packed.ts';
import { createLogger } from '../../../common/logger.ts';
import { type Effect, stronger } from '../../../common/precedence.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector, selectorMatches } from '../../../common/text/selector.ts';
import { type Controller, startController } from '../../../controller/controller.ts';
import type { HostRecord } from '../../../controller/store/records.ts';
import { openSqliteStore } from '../../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import { listed } from '../fleet.ts';
import { FakeHost } from './fake-host.ts';

const PREFIXES = ['198.51.100.1', '198.51.100.2', '198.51.100.0/24', '2001:db8::1', '2001:db8::/32'].map(parsePrefix);
const SELECTORS = ['all', 'host:h0', 'host:h1,h2', 'labels:env=a', 'labels:env!=a'].map(parseSelector);
const HOSTS = [0, 1, 2, 3];
const BY = { actor: 'admin/model', reason: '' };

const prefixes = fc.uniqueArray(fc.constantFrom(...PREFIXES), { minLength: 1, maxLength: 3 });
const selector = fc.constantFrom(...SELECTORS);
const host = fc.constantFrom(...HOSTS);
const action = fc.constantFrom('block' as const, 'allow' as const);
const origin = fc.constantFrom('manual', 'crowdsec');

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      prefixes,
      selector,
      action: fc.constantFrom(...ACTION_NAMES),
      origin,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), prefixes, action, origin }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      prefixes,
      selector,
      action: fc.constantFrom('block' as const, 'monitor' as const),
      big: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlist' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('label' as const), host, env: fc.constantFrom('a', 'b') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), host }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), host }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stall' as const), host }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flow' as const), host }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), host }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tamper' as const), host }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Rows enough for the way that imports take through the views. */
const BIG_LIST = Array.from({ length: 9000 }, (_, i) => parsePrefix(`20.0.${i >> 8}.${i & 255}`));

class Model {
  readonly directory = mkdtempSync(join(tmpdir(), 'fleetblock-model-'));
  readonly hosts: FakeHost[] = [];
  #store: Store | undefined;
  #controller: Controller | undefined;
  readonly #clock = { wallMs: () => 1_700_000_000_000, monotonicMs: () => performance.now() };

  get store(): Store {
    if (!this.#store) throw new Error('not started');
    return this.#store;
  }

  get controller(): Controller {
    if (!this.#controller) throw new Error('not started');
    return this.#controller;
  }

  async start(): Promise<void> {
    const store = await openSqliteStore({
      directory: this.directory,
      create: true,
      clock: this.#clock,
      historyRevisions: 8,
    });
    this.#store = store;
    const secretHash = new Uint8Array(32);
    const token = { id: 'model-token', secretHash, expiresMs: 2e12, maxUses: 10, labels: {}, hostName: '' };
    await store.createToken(token, BY);
    for (const each of HOSTS)
      await store.enroll({
        tokenId: token.id,
        secretHash,
        hostId: `h${each}`,
        hostName: `h${each}`,
        labels: {},
        from: '',
      });
    const log = createLogger('test', 'silent');
    // A small queue, so that stalls soon overflow it.
    const controller = await startController({
      store,
      clock: this.#clock,
      log,
      hub: { queueLimit: 3, concurrentSnapshots: 1 },
    });
    this.#controller = controller;
    for (const each of HOSTS) this.hosts.push(new FakeHost(`h${each}`, controller.hub, this.#clock.wallMs));
  }

  async stop(): Promise<void> {
    this.#controller?.close();
    await this.#store?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async run(each: Step): Promise<void> {
    const target = 'host' in each ? this.hosts[each.host] : undefined;
    switch (each.do) {
      case 'add':
        await this.store.addClaims({ ...BY, ...each, expiresMs: 0, dryRun: false });
        return;
      case 'remove':
        await this.store.removeClaims({ ...BY, ...each, selector: undefined, dryRun: false });
        return;
      case 'list': {
        const rows = [...each.prefixes, ...(each.big ? BIG_LIST : [])];
        const chunks = [packEntries(rows.map((prefix) => ({ prefix, action: 'block', ttlMs: 0 })))];
        const { selector: target, action } = each;
        await this.store.replaceList({
          ...BY,
          name: 'x',
          action,
          selector: target,
          chunks,
          dryRun: false,
        });
        return;
      }
      case 'unlist':
        await this.store.removeList('x', BY, false).catch(() => {});
        return;
      case 'label':
        await this.store.labelHost(`h${each.host}`, { env: each.env }, BY);
        return;
      case 'cut':
        target?.disconnect();
        return;
      case 'connect':
        if (target && !target.connected) target.connect();
        return;
      case 'stall':
        if (target) target.stalled = true;
        return;
      case 'flow':
        target?.resume();
        return;
      case 'forget':
        target?.disconnect();
        if (target) Object.assign(target, { epoch: '', revision: 0n });
        return;
      case 'tamper':
        // Held otherwise than acked: found by the digest at the next change or the next hello.
        target?.tamper();
        return;
    }
  }

  /** Everybody reads and is connected; resolves when nothing moves any more. */
  async settle(): Promise<void> {
    for (const each of this.hosts) {
      each.resume();
      // An agent finds by its own audit what no change repairs; here its next hello shows it.
      if (each.tampered) each.disconnect();
      if (!each.connected) each.connect();
    }
    const ids = this.hosts.map((each) => each.id);
    const proof = await this.controller.hub.prove(ids, this.store.head, 5000);
    expect(proof).toMatchObject({ pending: [], failed: [] });
  }

  /** What a host should hold, straight from the claims. */
  async expected(record: HostRecord): Promise<string[]> {
    const rows = new Map<string, Effect>();
    const put = (key: string, effect: Effect) => rows.set(key, stronger(rows.get(key), effect));
    for await (const batch of this.store.claims({ host: record }))
      for (const claim of batch) put(`${slotOf(claim.action)} ${formatPrefix(claim.prefix)}`, claim);
    for (const list of await this.store.lists()) {
      if (!selectorMatches(list.selector, record)) continue;
      for await (const columns of this.store.listRows(list.name))
        for (const { prefix } of unpackEntries(columns))
          put(`block ${formatPrefix(prefix)}`, { action: list.action, expiresMs: 0 });
    }
    return [...rows].map(([key, { action }]) => key.replace('block', action)).sort();
  }
}

async function check(steps: readonly Step[]): Promise<void> {
  const model = new Model();
  try {
    await model.start();
    for (const each of steps) await model.run(each);
    await model.settle();
    // Repairs would hide mistakes of the deltas: there are none unless a host was tampered with.
    const repairs = model.controller.events.since(0).filter((event) => event.kind === 'host.drift');
    if (!steps.some((each) => each.do === 'tamper')) expect(repairs).toEqual([]);
    for (const record of await model.store.hosts()) {
      const fake = model.hosts.find((each) => each.id === record.id);
      if (!fake) throw new Error('lost a host');
      expect(listed(fake.table), record.name).toEqual(await model.expected(record));
      expect([...fake.table.digest()]).toEqual([...model.controller.views.digestFor(record.id)]);
      expect(model.controller.views.sizeFor(record.id)).toBe(fake.table.size);
      expect(fake.acks).toEqual([...fake.acks].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
  } finally {
    await model.stop();
  }
}

it('ordered, atomic, resumable, reliable: every host ends with what the claims say', async () => {
  const numRuns = Number(process.env.FLEETBLOCK_MODEL_RUNS ?? 60);
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), check), {
    numRuns,
    endOnFailure: false,
    ...(process.env.FLEETBLOCK_MODEL_SEED && { seed: Number(process.env.FLEETBLOCK_MODEL_SEED) }),
  });
}, 300_000);
