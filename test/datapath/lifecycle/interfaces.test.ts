// Links through what happens to interfaces: they go down, are renamed, deleted, recreated, moved away.
import { spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attachedProgram } from '../../../agent/datapath/libbpf/link.ts';
import { indexOf, ip, makePair, run, until, whyNoNetwork } from '../network.ts';
import { adding, tableOf } from '../tables-of.ts';
import { BLOCKED, CLEAN, Life } from './life.ts';

describe.skipIf(whyNoNetwork() !== '')(`the datapath on interfaces that come and go ${whyNoNetwork()}`, () => {
  const life = Life.hooks();

  it('faults row 4: still drops after the interface was down and up, and after it was renamed', async () => {
    const datapath = await life().start();
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    ip('link', 'set', 'in0', 'down');
    ip('link', 'set', 'in0', 'up');
    await life().expectEnforced();
    ip('link', 'set', 'in0', 'down');
    ip('link', 'set', 'in0', 'name', 'renamed0');
    ip('link', 'set', 'renamed0', 'up');
    expect(await life().probe.passed('out0', 'renamed0', BLOCKED)).toBe(0);
    expect(await life().probe.passed('out0', 'renamed0', CLEAN)).toBe(64);
    await until(() => life().changes.length > 1, 1000, 'the renaming is noticed');
    expect(life().changes.at(-1)).toMatchObject([{ name: 'in0', index: indexOf('renamed0'), mode: 'native' }]);
    expect(life().changes.at(-1)?.[0]?.problem).toContain('renamed to renamed0');
    await datapath.closed();
    const again = await life().start({ interfaces: ['renamed0'] });
    expect(again.interfaces()).toMatchObject([{ name: 'renamed0', mode: 'native', problem: '' }]);
  });

  it('faults row 5: an interface that is deleted and recreated is attached by the event, not by the audit', async () => {
    const datapath = await life().start({ auditMs: 3_600_000 });
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    for (let round = 0; round < 5; round++) {
      ip('link', 'del', 'in0');
      await until(() => datapath.interfaces()[0]?.mode === 'none', 1000, 'the removal is noticed');
      expect(datapath.interfaces()[0]?.problem).toContain('there is no interface in0');
      ip('link', 'add', 'in0', 'type', 'veth', 'peer', 'name', 'out0');
      await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'it is attached');
      expect(attachedProgram(indexOf('in0')).programId).toBeGreaterThan(0);
    }
    for (const each of ['in0', 'out0']) ip('link', 'set', each, 'up');
    run('ethtool', '-K', 'in0', 'gro', 'on');
    life().probe.watch('in0');
    await life().expectEnforced();
  });

  it('faults row 5: what no event reported is found by the audit', async () => {
    const datapath = await life().start({ auditMs: 100 });
    // Behind the agent's back, as a link's removal makes no event that names the interface.
    const links = join(life().pinDir, 'links', 'in0');
    expect(existsSync(links)).toBe(true);
    run('bpftool', 'link', 'detach', 'pinned', links);
    expect(attachedProgram(indexOf('in0')).programId).toBe(0);
    await until(() => attachedProgram(indexOf('in0')).programId !== 0, 1000, 'the audit attaches again');
    expect(datapath.interfaces()).toMatchObject([{ name: 'in0', mode: 'native' }]);
  });

  it('waits for an interface that does not exist yet', async () => {
    const datapath = await life().start({ interfaces: ['in0', 'late0'] });
    expect(datapath.interfaces()[1]).toEqual({
      name: 'late0',
      index: 0,
      mode: 'none',
      problem: 'there is no interface late0: it is attached when it appears',
    });
    makePair('late0', 'late1');
    await until(() => datapath.interfaces()[1]?.mode === 'native', 1000, 'late0 is attached');
    ip('link', 'del', 'late0');
  });

  it('keeps enforcing on an interface that is not configured any more, and says so', async () => {
    makePair('second0', 'second1');
    await (await life().start({ interfaces: ['in0', 'second0'] })).closed();
    const datapath = await life().start();
    expect(datapath.interfaces()).toMatchObject([
      { name: 'in0', mode: 'native', problem: '' },
      { name: 'second0', mode: 'native' },
    ]);
    expect(datapath.interfaces()[1]?.problem).toContain('not among the configured interfaces');
    ip('link', 'del', 'second0');
  });

  it('an interface that leaves for another network namespace keeps its program, and is known again when it comes back', async () => {
    const datapath = await life().start({ auditMs: 50 });
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    const elsewhere = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
    try {
      const own = readlinkSync('/proc/self/ns/net');
      await until(() => readlinkSync(`/proc/${elsewhere.pid}/ns/net`) !== own, 5000, 'the other namespace');
      ip('link', 'set', 'in0', 'netns', `${elsewhere.pid}`);
      await until(() => datapath.interfaces()[0]?.mode === 'none', 30_000, 'the leaving is noticed');
      expect(datapath.interfaces()).toMatchObject([{ name: 'in0', index: 0, mode: 'none' }]);
      expect(datapath.interfaces()[0]?.problem).toContain('another network namespace, where packets are still dropped');
      run('nsenter', `--net=/proc/${elsewhere.pid}/ns/net`, 'ip', 'link', 'set', 'in0', 'netns', `${process.pid}`);
      await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'the return is noticed');
      expect(datapath.interfaces()).toMatchObject([{ name: 'in0', problem: '' }]);
    } finally {
      elsewhere.kill('SIGKILL');
    }
    ip('link', 'set', 'in0', 'up');
    expect(await life().passed(BLOCKED)).toBe(0);
  });
});
