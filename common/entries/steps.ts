// Long work on rows in steps: generators that stop where the event loop may have its turn. Nothing that they work on may change
// meanwhile, unless they say so.

import { nextTurn } from '../time/pacer.ts';
import type { PackedEntries, TimeBase } from './packed.ts';
import { joinEntries, sliceEntries } from './rows.ts';

/** Rows per step: some milliseconds of work. */
export const STEP_ROWS = 8192;

/** All steps at once: for few rows. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** One step in each turn of the event loop. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await nextTurn();
  }
}

/** Calls `work` with 0 to `count` - 1. */
export function* countInSteps(count: number, work: (i: number) => void): Generator<void> {
  for (let i = 0; i < count; i++) {
    if (i % STEP_ROWS === STEP_ROWS - 1) yield;
    work(i);
  }
}

/** `entries` in parts of at most `rows` rows per family, which share its memory; itself when it has no more. */
export function* slicesOf<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  rows = STEP_ROWS,
): Generator<PackedEntries<Base>> {
  const most = Math.max(entries.v4.count, entries.v6.count);
  if (most <= rows) yield entries;
  else for (let start = 0; start < most; start += rows) yield sliceEntries(entries, start, start + rows);
}

/** Calls `work` with the slices of `entries`, one in each turn of the event loop. @returns undefined: it is done already */
export function inSlices<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  work: (slice: PackedEntries<Base>) => void,
): Promise<void> | undefined {
  if (isLong(entries)) return sliceBySlice(entries, work);
  work(entries);
  return undefined;
}

function isLong({ v4, v6 }: PackedEntries): boolean {
  return Math.max(v4.count, v6.count) > STEP_ROWS;
}

async function sliceBySlice<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  work: (slice: PackedEntries<Base>) => void,
): Promise<void> {
  let first = true;
  for (const slice of slicesOf(entries)) {
    if (!first) await nextTurn();
    first = false;
    work(slice);
  }
}

/** `made` of every slice, joined; `entries` itself when it makes of each slice that slice. @returns no promise when there are few rows */
export function mapSlices<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  made: (slice: PackedEntries<Base>) => PackedEntries<Base>,
): Promise<PackedEntries<Base>> | PackedEntries<Base> {
  return isLong(entries) ? mapSliceBySlice(entries, made) : made(entries);
}

async function mapSliceBySlice<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  made: (slice: PackedEntries<Base>) => PackedEntries<Base>,
): Promise<PackedEntries<Base>> {
  const parts: PackedEntries<Base>[] = [];
  let same = true;
  await sliceBySlice(entries, (slice) => {
    const part = made(slice);
    if (part !== slice) same = false;
    parts.push(part);
  });
  return same ? entries : joinEntries(parts);
}
