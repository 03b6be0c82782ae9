import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { type Entry, NO_ENTRIES, packEntries, unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { FakeClock } from '../../../test/agent/fake-clock.ts';
import { entry, listed } from '../../../test/agent/reference.ts';
import { silent } from '../../../test/agent/silent.ts';
import type { Held, StoredView } from '../held.ts';
import { STATE_FILE, StateFile } from './state-file.ts';

let directory: string;
let path: string;
let clock: FakeClock;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-state-'));
  path = join(directory, STATE_FILE);
  clock = new FakeClock();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A view and the file that records it. */
const SEAL = Uint8Array.of(1, 2, 254, 255);

class Recorder {
  readonly file = new StateFile({ directory, clock, log: silent });
  readonly view = new EntryTable<'boot'>();
  revision = 0n;

  get held(): Held {
    return { epoch: 'e1', revision: this.revision, digest: this.view.digest(), entries: this.view.size, seal: SEAL };
  }

  append(adds: Entry[], removes: Entry[] = []): void {
    this.revision++;
    this.view.addLeft(packEntries(adds), clock.bootMs());
    this.view.removeAll(packEntries(removes));
    this.file.append(this.held, packEntries(adds), packEntries(removes));
  }

  rewrite(): Promise<void> {
    return this.file.rewrite(this.held, [this.view.packLeft(clock.bootMs())], clock.bootMs());
  }
}

async function load(): Promise<StoredView | undefined> {
  const file = new StateFile({ directory, clock, log: silent });
  const stored = await file.load();
  await file.close();
  return stored;
}

async function recorded(): Promise<Recorder> {
  const recorder = new Recorder();
  recorder.append([entry('192.0.2.1'), entry('2001:db8::/32', { action: 'allow' })]);
  await recorder.rewrite();
  recorder.append([entry('192.0.2.2', { action: 'monitor' })]);
  recorder.append([entry('192.0.2.3')], [entry('192.0.2.1')]);
  return recorder;
}

describe('state file', () => {
  it('gives back what was recorded, changes after the last rewrite included, without a flush', async () => {
    const { held } = await recorded();
    const stored = await load();
    expect(stored?.held).toEqual(held);
    expect(stored?.current).toBe(true);
    expect(stored && listed(stored.table)).toEqual([
      'allow 2001:db8::/32',
      'block 192.0.2.3/32',
      'monitor 192.0.2.2/32',
    ]);
  });

  it('has no record before there is one, and keeps strangers out of it', async () => {
    expect(await load()).toBeUndefined();
    await recorded();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('continues appending after a restart', async () => {
    const first = await recorded();
    await first.file.close();
    const second = new Recorder();
    await second.file.load();
    second.view.addAll(first.view.pack());
    second.revision = first.revision;
    second.append([entry('192.0.2.9')]);
    expect((await load())?.held).toEqual(second.held);
  });

  it('is whole at any length: a file cut anywhere gives an earlier revision or nothing, never something else', async () => {
    const recorder = new Recorder();
    recorder.append([entry('192.0.2.1')]);
    await recorder.rewrite();
    const states = new Map([[recorder.revision, listed(recorder.view)]]);
    for (let i = 2; i < 8; i++) {
      recorder.append([entry(`192.0.2.${i}`)], [entry(`192.0.2.${i - 1}`)]);
      states.set(recorder.revision, listed(recorder.view));
    }
    const whole = readFileSync(path);
    for (let length = whole.length; length >= 0; length -= 7) {
      writeFileSync(path, whole.subarray(0, length));
      rmSync(`${path}.corrupt`, { force: true });
      const stored = await load();
      if (!stored) continue;
      expect(stored.current).toBe(true);
      expect(listed(stored.table)).toEqual(states.get(stored.held.revision));
    }
    rmSync(path, { force: true });
    expect(await load()).toBeUndefined();
  });

  it('a flipped bit is noticed: set aside, with nothing that is not a recorded revision given back', async () => {
    const recorder = await recorded();
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        writeFileSync(path, bytes);
        rmSync(`${path}.corrupt`, { force: true });
        const stored = await load();
        // The length of the last record can grow by a flip: then it looks cut off.
        if (stored?.current) expect(stored.held.revision).toBeLessThan(recorder.revision);
        else expect(readFileSync(`${path}.corrupt`)).toEqual(bytes);
        // Pinned maps of this boot hold later changes than a damaged record: it must not be enforced over them.
        if (stored && existsSync(`${path}.corrupt`)) expect(stored.current).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('a damaged journal is good enough after a reboot, when the maps are gone', async () => {
    const recorder = await recorded();
    const { length } = readFileSync(path);
    recorder.append([entry('192.0.2.4')]);
    const bytes = readFileSync(path);
    bytes[length + 30] = (bytes[length + 30] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    clock.reboot(60_000);
    const stored = await load();
    expect(stored?.current).toBe(true);
    expect(stored?.held.revision).toBe(recorder.revision - 1n);
  });

  it('a change that was cut off by a kill is cut away before the next is written', async () => {
    const recorder = await recorded();
    const good = recorder.held;
    const { size } = statSync(path);
    recorder.append([entry('192.0.2.4')]);
    truncateSync(path, size + 20);
    const file = new StateFile({ directory, clock, log: silent });
    expect((await file.load())?.held).toEqual(good);
    expect(statSync(path).size).toBe(size);
  });

  it('faults row 30: times left are right after a restart although the clock was set, and after a reboot', async () => {
    const recorder = new Recorder();
    recorder.append([entry('192.0.2.1', { ttlMs: 60_000 }), entry('192.0.2.2')]);
    await recorder.rewrite();
    clock.advance(10_000);
    recorder.append([entry('192.0.2.3', { ttlMs: 60_000 })]);
    // A day off, while the machine stays up.
    clock.wall += 86_400_000;
    clock.advance(5000);
    const left = async () => {
      const { table } = (await load()) ?? { table: new EntryTable<'boot'>() };
      return Object.fromEntries(
        unpackEntries(table.packLeft(clock.bootMs())).map(({ prefix, ttlMs }) => [formatPrefix(prefix), ttlMs]),
      );
    };
    expect(await left()).toEqual({ '192.0.2.1/32': 45_000, '192.0.2.2/32': 0, '192.0.2.3/32': 55_000 });
    clock.wall -= 86_400_000;
    clock.reboot(20_000);
    expect(await left()).toEqual({ '192.0.2.1/32': 25_000, '192.0.2.2/32': 0, '192.0.2.3/32': 35_000 });
    // What has ended while the machine was down has 1 ms left: it never turns into an entry without an end.
    clock.wall += 3_600_000;
    expect(await left()).toEqual({ '192.0.2.1/32': 1, '192.0.2.2/32': 0, '192.0.2.3/32': 1 });
    // A clock that came up in the past shortens nothing.
    clock.wall -= 10 * 86_400_000;
    expect(await left()).toEqual({ '192.0.2.1/32': 60_000, '192.0.2.2/32': 0, '192.0.2.3/32': 60_000 });
  });

  it('asks to be rewritten when the changes outweigh the view, and after a reboot', async () => {
    const recorder = await recorded();
    expect(recorder.file.wantsRewrite).toBe(false);
    for (let i = 0; i < 2000; i++)
      recorder.append([entry('198.51.100.1', { action: i % 2 === 0 ? 'monitor' : 'block' })]);
    expect(recorder.file.wantsRewrite).toBe(true);
    const { size } = statSync(path);
    await recorder.rewrite();
    expect(statSync(path).size).toBeLessThan(size / 100);
    expect((await load())?.held).toEqual(recorder.held);
    clock.reboot(1000);
    const file = new StateFile({ directory, clock, log: silent });
    await file.load();
    expect(file.wantsRewrite).toBe(true);
  });

  it('changes that come while the view is rewritten are in the new file', async () => {
    const recorder = await recorded();
    const done = recorder.rewrite();
    recorder.append([entry('192.0.2.77')]);
    await new Promise((resolve) => setImmediate(resolve));
    recorder.append([entry('192.0.2.78')]);
    await done;
    recorder.append([entry('192.0.2.79')]);
    expect((await load())?.held).toEqual(recorder.held);
  });

  it('a newer view overtakes one that is still being written', async () => {
    const recorder = await recorded();
    const first = recorder.rewrite();
    recorder.append([entry('192.0.2.77')]);
    const second = recorder.rewrite();
    recorder.append([entry('192.0.2.78')]);
    await Promise.all([first, second]);
    expect((await load())?.held).toEqual(recorder.held);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('after a snapshot the old file takes no further changes, so that it stays what it was', async () => {
    const recorder = await recorded();
    const before = recorder.held;
    recorder.revision += 10n;
    recorder.view.removeAll(recorder.view.pack());
    const done = recorder.rewrite();
    recorder.append([entry('192.0.2.90')]);
    // As a kill would find it before the new file is whole.
    expect(await load()).toMatchObject({ held: before, current: true });
    await done;
    expect(await load()).toMatchObject({ held: recorder.held, current: true });
  });

  it('faults row 24: a full disk is a problem that is reported, and gone when there is room', async () => {
    const recorder = await recorded();
    const before = recorder.held;
    // A file that refuses to be written to, as a full disk does.
    await recorder.file.close();
    const file = new StateFile({ directory: '/dev/null', clock, log: silent });
    await file.rewrite(before, [NO_ENTRIES], clock.bootMs());
    expect(file.problem).toContain('the kernel keeps its entries');
    expect(file.wantsRewrite).toBe(false);
    clock.advance(11_000);
    expect(file.wantsRewrite).toBe(true);
  });

  it('garbage and files of another format are set aside', async () => {
    writeFileSync(path, 'not a record at all, and longer than any header of one');
    const file = new StateFile({ directory, clock, log: silent });
    expect(await file.load()).toBeUndefined();
    expect(existsSync(`${path}.corrupt`)).toBe(true);
    expect(file.problem).toContain('set aside');
    expect(file.wantsRewrite).toBe(true);
    appendFileSync(path, Buffer.alloc(100));
    expect(await load()).toBeUndefined();
  });
});
