// Which host has which view, and what every revision changes in it. Follows the store; the hub follows it.
import { type Digest, EMPTY_DIGEST } from '../../common/entries/digest.ts';
import { entryCount, NO_ENTRIES } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';
import type { SelectableHost, Selector } from '../../common/text/selector.ts';
import { type LayerChange, type LayerKey, listLayer } from '../claims/layers.ts';
import type { StoreEvent } from '../store/port/revisions.ts';
import type { HostRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { BulkChange } from './bulk-change.ts';
import { type CatchUp, computeCatchUp, differenceOf } from './catch-up.ts';
import { AppliedChange } from './change.ts';
import type { ViewDelta } from './delta.ts';
import type { HostRegistry } from './host-registry.ts';
import { Layer } from './layer.ts';
import { type Sliced, type SliceQueue, type Slices, waitFor } from './slices.ts';
import { collectOverlaps, Snapshot } from './snapshot.ts';
import { overlapsOf, View } from './view.ts';

/** Both run inside the views' queue, in the order of revisions. */
export interface ViewsListener {
  /** The hosts' view changed: each of them must get this. Pauses where others may have their turn. */
  changed(hostIds: ReadonlySet<string>, delta: ViewDelta): Slices;
  /** A revision is out: all that it changes has been announced. The next one waits for this. */
  settled(revision: Revision): Slices;
}

/** All work runs in one queue: a catch-up or snapshot is never computed in the middle of a revision. */
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
      if (loaded) queue.run(views.#follow(event, queue.nowMs));
      else missed.push(event);
    });
    for await (const change of store.readLayers()) {
      const layer = views.#layerFor(change.layer);
      layer.table.addAll(change.sets);
      layer.changed();
      layer.active = layer.table.size > 0;
    }
    for (const host of registry.live()) queue.run(views.#place(host));
    for (const event of missed) queue.run(views.#follow(event, queue.nowMs));
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

  /** As catchUp, at once and for however many rows: to be run while a revision is being settled. */
  *rowsSince(hostId: string, since: Revision): Sliced<CatchUp> {
    return yield* this.#difference(hostId, since, Number.POSITIVE_INFINITY);
  }

  /** Gives the host's view as it is then, and the revision that it is good for; undefined when the host is gone. */
  snapshot(hostId: string, answer: (snapshot: Snapshot | undefined, revision: Revision) => void): void {
    this.#queue.run(this.#takeSnapshot(hostId, answer));
  }

  /**
   * The layers of a host that would be like this, the empty ones too: for readers that are no hosts. They change as they are read; whatever
   * is not yet in them was touched after `revision`.
   */
  layersLike(host: SelectableHost): readonly Layer[] {
    return [...this.#layers.values()].filter((layer) => layer.matches(host));
  }

  *#follow({ revision, layers, hosts }: StoreEvent, committedMs: number): Slices {
    this.#catchUps.clear();
    if (layers.length > 0) yield* this.#applyLayers(revision, layers, committedMs);
    this.#revision = revision;
    for (const host of hosts) yield* this.#move(host, revision, committedMs);
    if (this.#listener) yield* this.#listener.settled(revision);
  }

  *#announce(hostIds: ReadonlySet<string>, delta: ViewDelta): Slices {
    if (this.#listener) yield* this.#listener.changed(hostIds, delta);
  }

  *#applyLayers(revision: Revision, changes: readonly LayerChange[], committedMs: number): Slices {
    const layerOf = (change: LayerChange) => this.#layerFor(change.layer);
    const active = [...this.#layers.values()].filter((layer) => layer.active);
    const applied = BulkChange.of(changes, layerOf, active) ?? new AppliedChange(changes, layerOf);
    for (const layer of applied.layers) if (!layer.active) this.#join(layer);
    yield* applied.apply();
    for (const view of [...this.#views.values()]) {
      if (!applied.touches(view)) continue;
      const { adds, removes } = yield* applied.changeView(view);
      if (entryCount(adds) + entryCount(removes) === 0) continue;
      view.revision = revision;
      this.#snapshots.delete(view);
      yield* this.#announce(view.members, { to: revision, digest: view.digest(), adds, removes, committedMs });
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
  *#move(host: HostRecord, revision: Revision, committedMs: number): Slices {
    const from = this.#viewOfHost.get(host.id);
    from?.members.delete(host.id);
    this.#viewOfHost.delete(host.id);
    if (host.revokedMs === 0) yield* this.#place(host);
    const to = this.#viewOfHost.get(host.id);
    if (from && to && from !== to) {
      const { adds, removes } = yield* differenceOf(from, to);
      if (entryCount(adds) + entryCount(removes) > 0)
        yield* this.#announce(new Set([host.id]), { to: revision, digest: to.digest(), adds, removes, committedMs });
    }
    if (from) this.#dropIfUnused(from);
  }

  *#catchUp(hostId: string, since: Revision, answer: (catchUp: CatchUp) => void): Slices {
    answer(yield* this.#difference(hostId, since));
  }

  /** `most`: rows; default: what is worth sending in place of the whole view. */
  *#difference(hostId: string, since: Revision, most?: number): Sliced<CatchUp> {
    const host = this.#registry.find(hostId);
    const view = this.#viewOfHost.get(hostId);
    if (!host || !view || host.labelsRevision > since) return { kind: 'snapshot' };
    const ids = [...this.#layers.values()].filter((layer) => layer.matches(host)).map((layer) => layer.id);
    const key = `${view.name} ${since} ${most} ${ids.join(' ')}`;
    const known = this.#catchUps.get(key);
    if (known) return known;
    const touched = yield* waitFor(this.#store.touchedSince(since, new Set(ids)));
    const made = yield* computeCatchUp(view, touched, this.#revision, most);
    this.#catchUps.set(key, made);
    return made;
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
