// How the program gets onto an interface: natively or not, on which kinds of device, and beside another program.
import { describe, expect, it } from 'vitest';
import { attachedProgram, XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { buildFlood, indexOf, ip, kernelHas, PrivateNetwork, until, whyNoNetwork } from '../network.ts';
import { adding, tableOf } from '../tables-of.ts';
import { BLOCKED, CLEAN, Life } from './life.ts';

describe.skipIf(whyNoNetwork() !== '')(`the modes of the datapath ${whyNoNetwork()}`, () => {
  const life = Life.hooks();

  it('faults row 6: another XDP program is never evicted, and is named', async () => {
    const other = BpfObject.load(buildFlood());
    const link = XdpLink.create(other.program('flood'), indexOf('in0'), 'native');
    try {
      for (const mode of ['auto', 'native', 'generic'] as const) {
        const datapath = await life().start({ mode });
        const [state] = datapath.interfaces();
        expect(state).toMatchObject({ name: 'in0', mode: 'none' });
        expect(state?.problem).toContain(`id ${other.program('flood').info.id} (flood), native`);
        expect(attachedProgram(indexOf('in0')).programId).toBe(other.program('flood').info.id);
        await datapath.closed();
      }
      const datapath = await life().start({ auditMs: 50 });
      link.detach();
      await until(() => datapath.interfaces()[0]?.mode === 'native', 1000, 'attached once the other one has left');
    } finally {
      link.close();
      other.close();
    }
  });

  it('faults row 7: without native XDP it falls back to generic and says so', async () => {
    ip('link', 'add', 'link', 'in0', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge');
    ip('link', 'set', 'mac0', 'up');
    life().probe.watch('mac0');
    const datapath = await life().start({ interfaces: ['mac0'] });
    const [state] = datapath.interfaces();
    expect(state).toMatchObject({ name: 'mac0', mode: 'generic' });
    expect(state?.problem).toContain('Underlying driver does not support XDP in native mode');
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    expect(await life().probe.passed('out0', 'mac0', BLOCKED)).toBe(0);
    expect(await life().probe.passed('out0', 'mac0', CLEAN)).toBe(64);
    await datapath.closed();
    // The mode stays generic across restarts, and stays reported.
    const again = await life().start({ interfaces: ['mac0'] });
    expect(again.interfaces()).toMatchObject([{ name: 'mac0', mode: 'generic' }]);
    expect(again.interfaces()[0]?.problem).toContain('generic mode');
    await again.closed();
    const native = await life().start({ interfaces: ['mac0'], mode: 'native' });
    expect(native.interfaces()[0]).toMatchObject({ mode: 'generic' });
    expect(native.interfaces()[0]?.problem).toContain('native mode is refused');
    expect(await life().probe.passed('out0', 'mac0', BLOCKED)).toBe(0);
  });

  it('faults row 7: the mode changes only on command', async () => {
    const generic = await life().start({ mode: 'generic' });
    expect(generic.interfaces()).toMatchObject([{ mode: 'generic', problem: '' }]);
    await generic.apply(adding(BLOCKED), tableOf(BLOCKED));
    await life().expectEnforced();
    await generic.closed();
    const auto = await life().start();
    expect(auto.interfaces()).toMatchObject([{ mode: 'generic' }]);
    await auto.closed();
    const native = await life().start({ mode: 'native' });
    expect(native.interfaces()).toMatchObject([{ mode: 'native', problem: '' }]);
    await life().expectEnforced();
  });

  it('attaches natively to an interface with MTU 9000', async () => {
    for (const each of ['in0', 'out0']) ip('link', 'set', each, 'mtu', '9000');
    const datapath = await life().start();
    expect(datapath.interfaces()).toMatchObject([{ mode: 'native', problem: '' }]);
    await datapath.apply(adding(BLOCKED), tableOf(BLOCKED));
    await life().expectEnforced();
  });

  // Device kinds that not every kernel has. Where one is missing there is nothing to test it on.
  if (whyNoNetwork() === '') optionalDevices();

  function optionalDevices(): void {
    const has = (() => {
      const inside = PrivateNetwork.enter();
      const found = { bond: kernelHas('bond'), vlan: kernelHas('bridge') && vlanDevices() };
      inside.leave();
      return found;
    })();
    if (!has.bond) process.stderr.write('lifecycle-modes.test.ts: this kernel has no bonding: not tested on a bond\n');
    if (!has.vlan)
      process.stderr.write('lifecycle-modes.test.ts: this kernel has no 802.1Q devices: not tested on one\n');
    if (has.bond)
      it('attaches to a bond, natively', async () => {
        ip('link', 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup');
        ip('link', 'set', 'in0', 'down');
        ip('link', 'set', 'in0', 'master', 'bond0');
        ip('link', 'set', 'bond0', 'up');
        const datapath = await life().start({ interfaces: ['bond0'] });
        expect(datapath.interfaces()).toMatchObject([{ name: 'bond0', mode: 'native', problem: '' }]);
        ip('link', 'del', 'bond0');
      });
    if (has.vlan)
      it('attaches to a VLAN device, generically, though its name has a dot', async () => {
        ip('link', 'add', 'link', 'in0', 'name', 'in0.100', 'type', 'vlan', 'id', '100');
        const datapath = await life().start({ interfaces: ['in0.100'] });
        expect(datapath.interfaces()).toMatchObject([{ name: 'in0.100', mode: 'generic' }]);
      });
  }

  function vlanDevices(): boolean {
    try {
      ip('link', 'add', 'probe0', 'type', 'bridge');
      ip('link', 'add', 'link', 'probe0', 'name', 'probe1', 'type', 'vlan', 'id', '5');
      return true;
    } catch {
      return false;
    } finally {
      ip('link', 'del', 'probe0');
    }
  }
});
