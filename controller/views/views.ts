// Which host has which view, and what every revision changes in it. Follows the store; the hub follows it.
import { type Digest, EMPTY_DIGEST, EntryTable } from '../../common/entry-table.ts';
import { NO_ENTRIES, type PackedEntries } from '../../common/packed.ts';
import type { Revision } from '../../common/revision.ts';
import type { Selector } from '../../common/selector.ts';
import type { HostRegistry } from '../registry.ts';
import { type HostRecord, type LayerChange, type LayerKey, listLayer } from '../store/records.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import { BulkChange } from './bulk-change.ts';
import { AppliedChange, note, sameEffect } from './change.ts';
import { ColumnsBuilder } from './columns-builder.ts';
import type { ViewDelta } from './delta.ts';
import { flagsFor, type KeyAt, keysOf, Layer } from './layer.ts';
import type { SliceQueue, Slices } from './slices.ts';
import { collectOverlaps, Snapshot } from './snapshot.ts';
import { overlapsOf, View } from './view.ts';

export interface ViewsListener {
  /** The hosts' view changed: every one of them is to get this. */
  changed(hostIds: ReadonlySet<string>, delta: ViewDelta): void;
  /** A revision is through: all that it changes has been announced. */
  settled(revision: Revision): void;
}

/** What a host needs that holds `since`. */
export type CatchUp =
  /** Nothing that it has changed since. */
  | { readonly kind: 'current' }
  | { readonly kind: 'delta'; readonly delta: ViewDelta }
  /** History does not reach back, or the difference is no smaller. */
  | { readonly kind: 'snapshot' };

export class Views {
  readonly #store: Store;
  readonly #registry: HostRegistry;
  readonly #queue: SliceQueue;
  readonly #layers = new Map<string, Layer>();
  readonly #views = new Map<string, View>();
  readonly #viewOfHost = new Map<string, View>();
  #listener: ViewsListener | undefined;
  #revision: Revision;
  /** Catch-ups and snapshots that many hosts ask for at once, until the next revision. */
  readonly #catchUps = new Map<string, CatchUp>();
  readonly #snapshots = new Map<View, Snapshot>();

  private constructor(store: Store, registry: HostRegistry, queue: SliceQueue) {
    this.#store = store;
    this.#registry = registry;
    this.#queue = queue;
    this.#revision = store.head;
  }

  /** Reads the whole present state, then follows. `queue` is closed by its owner. */
  static async load(store: Store, registry: HostRegistry, queue: SliceQueue): Promise<Views> {
    const views = new Views(store, registry, queue);
    const missed: StoreEvent[] = [];
    let loaded = false;
    store.follow((event) => {
      if (loaded) queue.run(views.#follow(event));
      else missed.push(event);
    });
    for await (const change of store.readLayers()) {
      const layer = views.#layerFor(change.layer);
      layer.table.addAll(change.sets, 0);
      layer.changed();
      layer.active = layer.table.size > 0;
    }
    for (const host of registry.live()) queue.run(views.#place(host));
    for (const event of missed) queue.run(views.#follow(event));
    loaded = true;
    return views;
  }

  /** The last revision whose changes are in the views. */
  get revision(): Revision {
    return this.#revision;
  }

  /** One listener: the hub. */
  listen(listener: ViewsListener): void {
    this.#listener = listener;
  }

  /** Effective entries of a host's view. */
  sizeFor(hostId: string): number {
    return this.#viewOfHost.get(hostId)?.size ?? 0;
  }

  digestFor(hostId: string): Digest {
    return this.#viewOfHost.get(hostId)?.digest() ?? EMPTY_DIGEST;
  }

  /** What a host holds for this very prefix, going by its view. */
  effectFor(hostId: string, key: KeyAt) {
    return this.#viewOfHost.get(hostId)?.effectOf(key);
  }

  /** Undefined while the list has no rows that hosts could have. */
  layerOfList(name: string, selector: Selector): Layer | undefined {
    return this.#layers.get(listLayer(name, selector).id);
  }

  /** Number of distinct views and layers: for metrics. */
  get counts(): { readonly views: number; readonly layers: number } {
    return { views: this.#views.size, layers: this.#layers.size };
  }

  /** Says what a host needs that holds `since`, once every revision before has been worked off. */
  catchUp(hostId: string, since: Revision, answer: (catchUp: CatchUp) => void): void {
    this.#queue.run(this.#catchUp(hostId, since, answer));
  }

  /** Gives the host's view as it is then, and the revision that it is good for; undefined when the host is gone. */
  snapshot(hostId: string, answer: (snapshot: Snapshot | undefined, revision: Revision) => void): void {
    this.#queue.run(this.#takeSnapshot(hostId, answer));
  }

  *#follow(event: StoreEvent): Slices {
    this.#catchUps.clear();
    if (event.layers.length > 0) yield* this.#applyLayers(event.revision, event.layers);
    this.#revision = event.revision;
    for (const host of event.hosts) yield* this.#move(host, event.revision);
    this.#listener?.settled(event.revision);
  }

  *#applyLayers(revision: Revision, changes: readonly LayerChange[]): Slices {
    const layerOf = (change: LayerChange) => this.#layerFor(change.layer);
    const active = [...this.#layers.values()].filter((layer) => layer.active);
    const applied = BulkChange.of(changes, layerOf, active) ?? new AppliedChange(changes, layerOf);
    for (const layer of applied.layers) if (!layer.active) this.#join(layer);
    yield* applied.apply();
    for (const view of [...this.#views.values()]) {
      if (!applied.touches(view)) continue;
      const { adds, removes } = yield* applied.changeView(view);
      if (isEmpty(adds) && isEmpty(removes)) continue;
      view.revision = revision;
      this.#snapshots.delete(view);
      this.#listener?.changed(view.members, { to: revision, digest: view.digest(), adds, removes });
    }
    for (const layer of applied.layers) if (layer.table.size === 0) this.#leave(layer);
  }

  #layerFor(key: LayerKey): Layer {
    const known = this.#layers.get(key.id);
    if (known) return known;
    const made = new Layer(key, this.#layers.size);
    this.#layers.set(key.id, made);
    return made;
  }

  /** A layer is about to get its first rows: hosts that match it part from those that do not. Nothing changes yet. */
  #join(layer: Layer): void {
    layer.active = true;
    for (const view of [...this.#views.values()]) {
      const matching = [...view.members].filter((id) => this.#matches(layer, id));
      if (matching.length === 0) continue;
      const layers = [...view.layers, layer].sort((a, b) => a.ordinal - b.ordinal);
      this.#regroup(view, matching, layers);
    }
  }

  /** A layer is empty: views that differ only by it become one. */
  #leave(layer: Layer): void {
    layer.active = false;
    for (const view of [...this.#views.values()]) {
      if (!view.layers.includes(layer)) continue;
      const layers = view.layers.filter((other) => other !== layer);
      this.#regroup(view, [...view.members], layers);
    }
  }

  #regroup(view: View, hostIds: readonly string[], layers: readonly Layer[]): void {
    const name = View.nameOf(layers);
    const target = this.#views.get(name) ?? view.copyWith(layers);
    this.#views.set(name, target);
    if (view.revision > target.revision) target.revision = view.revision;
    for (const id of hostIds) {
      view.members.delete(id);
      target.members.add(id);
      this.#viewOfHost.set(id, target);
    }
    this.#dropIfUnused(view);
  }

  #dropIfUnused(view: View): void {
    if (view.members.size > 0) return;
    if (this.#views.get(view.name) === view) this.#views.delete(view.name);
    this.#snapshots.delete(view);
  }

  #matches(layer: Layer, hostId: string): boolean {
    const host = this.#registry.find(hostId);
    return host !== undefined && layer.matches(host);
  }

  /** Puts a host where it belongs, making the view when it is the first. */
  *#place(host: HostRecord): Slices {
    const layers = [...this.#layers.values()].filter((layer) => layer.active && layer.matches(host));
    const name = View.nameOf(layers);
    const view = this.#views.get(name) ?? (yield* this.#build(layers));
    this.#views.set(name, view);
    view.members.add(host.id);
    this.#viewOfHost.set(host.id, view);
  }

  *#build(layers: readonly Layer[]): Generator<void, View> {
    const view = new View(layers, this.#revision);
    for (const layer of layers) view.addWhole(layer);
    for (const overlap of overlapsOf(layers)) {
      if (overlap) view.accountOverlap(overlap);
      else yield;
    }
    return view;
  }

  /** A host that is new, has other labels, or is revoked. Labels: it moves to its new view by difference. */
  *#move(host: HostRecord, revision: Revision): Slices {
    const from = this.#viewOfHost.get(host.id);
    from?.members.delete(host.id);
    this.#viewOfHost.delete(host.id);
    if (host.revokedMs === 0) yield* this.#place(host);
    const to = this.#viewOfHost.get(host.id);
    if (from && to && from !== to) {
      const { adds, removes } = yield* differenceOf(from, to);
      if (!isEmpty(adds) || !isEmpty(removes))
        this.#listener?.changed(new Set([host.id]), { to: revision, digest: to.digest(), adds, removes });
    }
    if (from) this.#dropIfUnused(from);
  }

  *#catchUp(hostId: string, since: Revision, answer: (catchUp: CatchUp) => void): Slices {
    const host = this.#registry.find(hostId);
    const view = this.#viewOfHost.get(hostId);
    if (!host || !view || host.labelsRevision > since) return answer({ kind: 'snapshot' });
    const ids = [...this.#layers.values()].filter((layer) => layer.matches(host)).map((layer) => layer.id);
    const key = `${view.name} ${since} ${ids.join(' ')}`;
    const known = this.#catchUps.get(key);
    if (known) return answer(known);
    const made = yield* this.#computeCatchUp(view, since, new Set(ids));
    this.#catchUps.set(key, made);
    answer(made);
  }

  *#computeCatchUp(view: View, since: Revision, layerIds: ReadonlySet<string>): Generator<void, CatchUp> {
    const touched = this.#store.touchedSince(since, layerIds);
    if (!touched) return { kind: 'snapshot' };
    if (touched.length === 0) return { kind: 'current' };
    const seen = new EntryTable();
    const adds = new ColumnsBuilder();
    const removes = new ColumnsBuilder();
    for (const { keys } of touched) {
      yield;
      for (const key of keysOf(keys)) {
        if (!note(seen, key)) continue;
        const effect = view.effectOf(key);
        const flags = flagsFor(key.allow, effect ?? { monitor: false, expiresMs: 0 });
        (effect ? adds : removes).addKey(key, flags, effect?.expiresMs ?? 0);
      }
    }
    if (adds.size + removes.size > Math.max(view.size, 1024)) return { kind: 'snapshot' };
    return {
      kind: 'delta',
      delta: { to: this.#revision, digest: view.digest(), adds: adds.finish(), removes: removes.finish() },
    };
  }

  *#takeSnapshot(hostId: string, answer: (snapshot: Snapshot | undefined, revision: Revision) => void): Slices {
    const view = this.#viewOfHost.get(hostId);
    if (!view) return answer(undefined, this.#revision);
    const known = this.#snapshots.get(view);
    if (known) return answer(known, this.#revision);
    const overlaps = view.layers.length > 1 ? yield* collectOverlaps(view) : NO_ENTRIES;
    const made = new Snapshot(this.#store.epoch, view, overlaps);
    this.#snapshots.set(view, made);
    answer(made, this.#revision);
  }
}

/** What makes `from` into `to`: only the layers that they do not share are walked. */
function* differenceOf(from: View, to: View): Generator<void, { adds: PackedEntries; removes: PackedEntries }> {
  const adds = new ColumnsBuilder();
  const removes = new ColumnsBuilder();
  const seen = new EntryTable();
  const distinct = [
    ...from.layers.filter((layer) => !to.layers.includes(layer)),
    ...to.layers.filter((layer) => !from.layers.includes(layer)),
  ];
  let steps = 0;
  for (const layer of distinct)
    for (const key of keysOf(layer.packed())) {
      if (++steps % 1024 === 0) yield;
      if (!note(seen, key)) continue;
      const after = to.effectOf(key);
      if (sameEffect(from.effectOf(key), after)) continue;
      const flags = flagsFor(key.allow, after ?? { monitor: false, expiresMs: 0 });
      (after ? adds : removes).addKey(key, flags, after?.expiresMs ?? 0);
    }
  return { adds: adds.finish(), removes: removes.finish() };
}

function isEmpty(entries: PackedEntries): boolean {
  return entries.v4.count === 0 && entries.v6.count === 0;
}
