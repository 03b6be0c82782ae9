// The changes that state-writer.ts records: what the view is at each revision.
import type { Held } from '../../agent/list/held.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { type Entry, packEntries } from '../../common/entries/packed.ts';
import { entry } from './reference.ts';

export function changeOf(revision: number): { adds: Entry[]; removes: Entry[] } {
  return {
    adds: [entry(`192.0.2.${revision}`), entry(`198.51.100.${revision}`), entry(`2001:db8::${revision}`)],
    removes: revision > 1 ? [entry(`192.0.2.${revision - 1}`)] : [],
  };
}

export function heldAt(revision: number): Held {
  const view = viewAt(revision);
  return {
    epoch: 'e1',
    revision: BigInt(revision),
    digest: view.digest(),
    entries: view.size,
    seal: new Uint8Array(0),
  };
}

export function viewAt(revision: number): EntryTable<'boot'> {
  const view = new EntryTable<'boot'>();
  for (let each = 1; each <= revision; each++) {
    const { adds, removes } = changeOf(each);
    view.addLeft(packEntries(adds), 0);
    view.removeAll(packEntries(removes));
  }
  return view;
}
