import { describe, expect, it } from 'vitest';
import type { HostFacts, InterfaceFacts } from './facts.ts';
import { judgeHost, judgeInterface } from './findings.ts';

const host: HostFacts = {
  kernelRelease: '6.1.0-40-amd64',
  capabilities: ['NET_ADMIN', 'SYS_ADMIN', 'PERFMON', 'BPF'],
  kernelBtf: true,
  bpffsMounted: true,
  jit: 1,
  libbpfProblem: '',
  programProblem: '',
};

const nic: InterfaceFacts = {
  name: 'eth0',
  exists: true,
  problem: '',
  driver: 'ixgbe',
  kind: '',
  linkType: 'ether',
  mtu: 1500,
  up: true,
  master: '',
  masterKind: '',
  masterXdp: false,
  lower: '',
  bondMode: '',
  bondHashPolicy: '',
  memberDrivers: [],
  rxQueues: 8,
  channels: 8,
  maxChannels: 63,
  lro: false,
  rxvlan: false,
  fixedHardwareGro: false,
  xdp: undefined,
};

const worst = (findings: readonly { check: string; severity: string }[]) =>
  findings.filter((finding) => finding.severity !== 'ok').map((finding) => `${finding.check}:${finding.severity}`);
const bond = (bondMode: string, memberDrivers: string[]) => ({
  driver: 'bonding',
  kind: 'bond',
  bondMode,
  memberDrivers,
});
const judge = (edit: Partial<InterfaceFacts>, on: HostFacts = host) =>
  judgeInterface({ ...nic, ...edit }, on, new Set([7]));

describe('judgeHost', () => {
  it('finds nothing wrong with a good host', () => {
    expect(worst(judgeHost(host))).toEqual([]);
  });

  it('says of a kernel that is taken and not tested which it is', () => {
    const [kernel] = judgeHost({ ...host, kernelRelease: '5.15.0-generic' });
    expect(kernel).toMatchObject({ severity: 'warning', text: expect.stringContaining('older than 6.1') });
  });

  it('names what is missing', () => {
    const poor: HostFacts = {
      ...host,
      kernelRelease: '5.10.0',
      capabilities: ['NET_ADMIN'],
      kernelBtf: false,
      bpffsMounted: false,
      jit: 0,
      libbpfProblem: 'cannot load libbpf.so.1',
      programProblem: undefined,
    };
    expect(worst(judgeHost(poor))).toEqual([
      'kernel:error',
      'libbpf:error',
      'capabilities:error',
      'program:warning',
      'bpffs:warning',
      'jit:warning',
      'btf:warning',
    ]);
    expect(judgeHost(poor).find((finding) => finding.check === 'capabilities')?.text).toBe(
      'lacks CAP_BPF, CAP_PERFMON',
    );
  });

  it('says what the kernel has against the program', () => {
    const refused = judgeHost({ ...host, programProblem: 'the kernel refuses the BPF object (EINVAL)' });
    expect(worst(refused)).toEqual(['program:error']);
  });
});

describe('judgeInterface', () => {
  it.each<[string, Partial<InterfaceFacts>, string, string[]]>([
    ['a good card', {}, 'native', []],
    ['no such interface', { exists: false }, 'none', ['interface:error']],
    ['a driver without native XDP', { driver: 'e1000e' }, 'generic', ['driver:warning']],
    ['MTU 9000 on a single-buffer driver', { mtu: 9000 }, 'generic', ['mtu:warning']],
    ['MTU 9000 on a multi-buffer driver', { driver: 'bnxt_en', mtu: 9000 }, 'native', []],
    ['LRO with a driver that turns it off itself', { lro: true }, 'native', []],
    ['LRO with a driver that refuses it', { driver: 'mlx5_core', lro: true }, 'generic', ['lro:warning']],
    ['LRO of a bond', { ...bond('802.3ad', ['ice']), lro: true }, 'native', []],
    ['a driver whose XDP came after this kernel', { driver: 'gve' }, 'generic', ['driver:warning']],
    ['vmxnet3 before its XDP, LRO on', { driver: 'vmxnet3', lro: true }, 'generic', ['driver:warning']],
    ['a virtual function without XDP', { driver: 'iavf' }, 'generic', ['driver:warning']],
    ['a tap with a large MTU', { driver: 'tun', kind: 'tun', mtu: 65_000 }, 'native', []],
    [
      'a bond that hashes by VLAN and source MAC',
      { ...bond('balance-xor', ['ice']), bondHashPolicy: 'vlan+srcmac' },
      'generic',
      ['bond:warning'],
    ],
    ['a tool that did not answer', { exists: false, problem: 'ip link did not answer' }, 'none', ['interface:error']],
    ['a merging host below', { driver: 'virtio_net', fixedHardwareGro: true }, 'generic', ['gro-hw:warning']],
    ['VLAN tags taken off', { rxvlan: true }, 'native', ['rxvlan:warning']],
    ['ENA with all its channels in use', { driver: 'ena', channels: 8, maxChannels: 8 }, 'generic', ['queues:warning']],
    ['ENA with half of them free', { driver: 'ena', channels: 4, maxChannels: 8 }, 'native', []],
    ['a bond member', { master: 'bond0', masterKind: 'bond' }, 'native', ['bond:warning']],
    [
      'a bond of native members',
      { driver: 'bonding', kind: 'bond', bondMode: '802.3ad', memberDrivers: ['ice', 'ice'] },
      'native',
      [],
    ],
    [
      'MTU 9000 on a bond of multi-buffer drivers',
      { ...bond('802.3ad', ['bnxt_en', 'bnxt_en']), mtu: 9000 },
      'native',
      [],
    ],
    [
      'MTU 9000 on a bond with a single-buffer driver',
      { ...bond('802.3ad', ['bnxt_en', 'ixgbe']), mtu: 9000 },
      'generic',
      ['mtu:warning'],
    ],
    ["an MTU past a member's limit", { ...bond('802.3ad', ['ixgbe']), mtu: 3400 }, 'generic', ['mtu:warning']],
    [
      'a bond with a member without native XDP',
      { driver: 'bonding', kind: 'bond', bondMode: 'active-backup', memberDrivers: ['ice', 'e1000e'] },
      'generic',
      ['bond:warning'],
    ],
    [
      'a bond in a mode without native XDP',
      { driver: 'bonding', kind: 'bond', bondMode: 'balance-alb', memberDrivers: ['ice'] },
      'generic',
      ['bond:warning'],
    ],
    [
      'a VLAN device',
      { driver: '802.1Q VLAN Support', kind: 'vlan', lower: 'eth0' },
      'generic',
      ['driver:warning', 'vlan:warning'],
    ],
    [
      'a WireGuard device',
      { driver: '', kind: 'wireguard', linkType: 'none' },
      'none',
      ['link-type:error', 'driver:warning'],
    ],
    ['our own program', { xdp: { mode: 'native', programId: 7, programName: 'fleetblock' } }, 'native', []],
    ['another program', { xdp: { mode: 'native', programId: 9, programName: 'xdpfilt' } }, 'none', ['hook:error']],
    ['an interface that is down', { up: false }, 'native', ['interface:warning']],
  ])('%s', (_, edit, mode, findings) => {
    const verdict = judge(edit);
    expect(verdict.expectedMode).toBe(mode);
    expect(worst(verdict.findings)).toEqual(findings);
  });

  it('knows that kernels before 5.18 take no multi-buffer programs', () => {
    expect(judge({ driver: 'veth', mtu: 9000 }, { ...host, kernelRelease: '5.15.0' }).expectedMode).toBe('generic');
  });

  it('says from which kernel on a driver has native XDP, and promises it there', () => {
    const [finding] = judge({ driver: 'gve' }).findings.filter(({ check }) => check === 'driver');
    expect(finding?.text).toBe('gve has native XDP from Linux 6.4 on, and this is 6.1.0-40-amd64');
    expect(judge({ driver: 'gve' }, { ...host, kernelRelease: '6.12.0' }).expectedMode).toBe('native');
    expect(judge({ driver: 'idpf' }, { ...host, kernelRelease: '6.12.0' }).expectedMode).toBe('generic');
  });

  it('names the other program and the way to look at it', () => {
    const hook = judge({ xdp: { mode: 'native', programId: 9, programName: 'xdpfilt' } }).findings.find(
      (f) => f.check === 'hook',
    );
    expect(hook?.text).toContain('program 9 (xdpfilt)');
    expect(hook?.fix).toContain('bpftool prog show id 9');
  });

  it('gives a fix with every finding that is not ok', () => {
    const all = [
      { driver: 'e1000e' },
      { mtu: 9000 },
      { driver: 'mlx5_core', lro: true },
      { exists: false, problem: 'x' },
      { rxvlan: true },
      { up: false },
      { exists: false },
      { linkType: 'ppp' },
    ].flatMap((edit) => judge(edit).findings);
    for (const finding of all) expect(finding.fix === '').toBe(finding.severity === 'ok');
  });
});
