// What the doctor checks: facts of this machine and of one interface, gathered without changing anything. Interfaces are
// asked about over netlink (ip, ethtool), not through /sys, which shows the network namespace that it was mounted in.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { execa } from 'execa';
import { z } from 'zod';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { isInterfaceName } from '../interfaces/interface-names.ts';
import { library } from '../libbpf/library.ts';
import { BpfObject } from '../libbpf/object.ts';
import { isBpffs } from '../pins/pin-directory.ts';
import { type Capability, effectiveCapabilities, lackingCapabilities, packagedObject } from '../platform.ts';

/** Read from /proc, /sys and the loaded libraries; tests write them by hand for kernels that are not at hand. */
export interface HostFacts {
  /** uname -r */
  readonly kernelRelease: string;
  /** The effective ones of those that matter here. */
  readonly capabilities: readonly Capability[];
  /** /sys/kernel/btf/vmlinux is there. */
  readonly kernelBtf: boolean;
  readonly bpffsMounted: boolean;
  /** net.core.bpf_jit_enable; undefined when it cannot be read. */
  readonly jit: number | undefined;
  /** Why libbpf.so.1 cannot be loaded; empty when it can. */
  readonly libbpfProblem: string;
  /** Why the kernel does not take the program; empty when it does, undefined when this process may not try. */
  readonly programProblem: string | undefined;
}

/** Of one interface, and of the bond, bridge or VLAN that it is part of. Texts are empty where nothing is known. */
export interface InterfaceFacts {
  readonly name: string;
  readonly exists: boolean;
  /** Why it could not be checked; empty when it could. */
  readonly problem: string;
  /** ethtool's driver name; empty when unknown. */
  readonly driver: string;
  /** Virtual kind as iproute2 names it: veth, bond, vlan, bridge...; empty for hardware. */
  readonly kind: string;
  /** As iproute2 names it: ether, loopback, none, ppp, ipip, sit... */
  readonly linkType: string;
  readonly mtu: number;
  readonly up: boolean;
  /** The bond or bridge that it belongs to, and which of the two. */
  readonly master: string;
  readonly masterKind: string;
  /** A program is on the hook of that bond or bridge. */
  readonly masterXdp: boolean;
  /** The device below a VLAN; empty otherwise. */
  readonly lower: string;
  /** Of a bond: its mode (active-backup, 802.3ad...) and the drivers of its members. */
  readonly bondMode: string;
  /** Its xmit_hash_policy (layer2, layer3+4, vlan+srcmac...). */
  readonly bondHashPolicy: string;
  readonly memberDrivers: readonly string[];
  readonly rxQueues: number;
  /** Current and largest number of combined channels; 0 when the driver does not say. */
  readonly channels: number;
  readonly maxChannels: number;
  /** Offloads; undefined when unknown. */
  readonly lro: boolean | undefined;
  readonly rxvlan: boolean | undefined;
  /** Hardware GRO that cannot be turned off: a virtual machine's host that merges packets for it. */
  readonly fixedHardwareGro: boolean;
  /** An XDP program on the hook now. */
  readonly xdp: { readonly mode: string; readonly programId: number; readonly programName: string } | undefined;
}

/** Timeout of one call of ip or ethtool: an emulated processor takes seconds. */
const TOOL_TIMEOUT_MS = 30_000;
const XDP_MODES = ['none', 'native', 'generic', 'offloaded', 'several'];

/** Loads the program into the kernel and drops it again, when this process may: the verifier's answer is one of the facts. */
export function gatherHostFacts(): HostFacts {
  const capabilities = effectiveCapabilities();
  const libbpfProblem = problemOf(() => library());
  const mayLoad = lackingCapabilities(capabilities).length === 0;
  return {
    kernelRelease: release(),
    capabilities,
    kernelBtf: existsSync('/sys/kernel/btf/vmlinux'),
    bpffsMounted: isBpffs('/sys/fs/bpf'),
    jit: readNumber('/proc/sys/net/core/bpf_jit_enable'),
    libbpfProblem,
    programProblem: mayLoad && libbpfProblem === '' ? problemOf(tryProgram) : undefined,
  };
}

/** Loads the program with the smallest maps, pins nothing, and unloads it. */
function tryProgram(): void {
  const path = packagedObject();
  const smallest = new Map(
    BpfObject.shapes(path).flatMap(({ name, maxEntries }) => (maxEntries > 1 ? [[name, 1]] : [])),
  );
  BpfObject.load(path, { maxEntries: smallest }).close();
}

const linkSchema = z.object({
  ifname: z.string(),
  flags: z.array(z.string()),
  link_type: z.string().optional(),
  mtu: z.number(),
  link: z.string().nullish(),
  master: z.string().optional(),
  num_rx_queues: z.number().optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_slave_kind: z.string().optional(),
      info_data: z
        .object({
          mode: z.string().optional().catch(undefined),
          xmit_hash_policy: z.string().optional().catch(undefined),
        })
        .optional(),
    })
    .optional(),
  xdp: z
    .object({ mode: z.number(), prog: z.object({ id: z.number(), name: z.string().optional() }).optional() })
    .optional(),
});

type Link = z.infer<typeof linkSchema>;

/**
 * @param timeoutMs for one call of ip or ethtool
 * @throws FleetblockError when iproute2 is not there; a missing ethtool only leaves its facts unknown
 */
export async function gatherInterfaceFacts(name: string, timeoutMs = TOOL_TIMEOUT_MS): Promise<InterfaceFacts> {
  try {
    const link = isInterfaceName(name) ? (await ipLinks(['dev', name], timeoutMs))[0] : undefined;
    return link === undefined ? missing(name) : await factsOf(name, link, timeoutMs);
  } catch (error) {
    if (error instanceof ToolProblem) return { ...missing(name), problem: error.message };
    throw error;
  }
}

/** A tool that did not answer in time, or does not run, says nothing about the interface. */
class ToolProblem extends Error {}

async function factsOf(name: string, link: Link, timeoutMs: number): Promise<InterfaceFacts> {
  const isBond = link.linkinfo?.info_kind === 'bond';
  const [features, driver, channels, members, masters] = await Promise.all([
    ethtool('-k', name, timeoutMs),
    driverOf(name, timeoutMs),
    ethtool('-l', name, timeoutMs),
    isBond ? ipLinks(['master', name], timeoutMs) : [],
    link.master ? ipLinks(['dev', link.master], timeoutMs) : [],
  ]);
  const combined = [...channels.matchAll(/^Combined:\s+([0-9]+)/gm)].map((match) => Number(match[1]));
  return {
    name,
    exists: true,
    problem: '',
    driver,
    kind: link.linkinfo?.info_kind ?? '',
    linkType: link.link_type ?? '',
    mtu: link.mtu,
    up: link.flags.includes('UP'),
    master: link.master ?? '',
    masterKind: link.linkinfo?.info_slave_kind ?? '',
    masterXdp: masters.some((master) => xdpOf(master) !== undefined),
    lower: link.linkinfo?.info_kind === 'vlan' ? (link.link ?? '') : '',
    bondMode: isBond ? (link.linkinfo?.info_data?.mode ?? '') : '',
    bondHashPolicy: isBond ? (link.linkinfo?.info_data?.xmit_hash_policy ?? '') : '',
    memberDrivers: await Promise.all(members.map((member) => driverOf(member.ifname, timeoutMs))),
    rxQueues: link.num_rx_queues ?? 1,
    maxChannels: combined[0] ?? 0,
    channels: combined[1] ?? 0,
    lro: featureState(features, 'large-receive-offload'),
    rxvlan: featureState(features, 'rx-vlan-offload'),
    fixedHardwareGro: /^rx-gro-hw: on \[fixed\]/m.test(features),
    xdp: xdpOf(link),
  };
}

function missing(name: string): InterfaceFacts {
  return {
    ...{ name, exists: false, problem: '', driver: '', kind: '', linkType: '', mtu: 0, up: false },
    ...{ master: '', masterKind: '', masterXdp: false, lower: '' },
    ...{ bondMode: '', bondHashPolicy: '', memberDrivers: [], rxQueues: 0, channels: 0, maxChannels: 0 },
    ...{ lro: undefined, rxvlan: undefined, fixedHardwareGro: false, xdp: undefined },
  };
}

function xdpOf(link: Link): InterfaceFacts['xdp'] {
  const program = link.xdp?.prog;
  if (!program) return undefined;
  const mode = XDP_MODES[link.xdp?.mode ?? 0] ?? String(link.xdp?.mode);
  return { mode, programId: program.id, programName: program.name ?? '' };
}

/** Empty when there is no such interface. */
async function ipLinks(which: readonly string[], timeout: number): Promise<Link[]> {
  const result = await execa('ip', ['-d', '-j', 'link', 'show', ...which], { reject: false, timeout });
  if (result.timedOut) throw new ToolProblem(`ip link did not answer within ${timeout / 1000} s`);
  if (result.code === 'ENOENT')
    throw new FleetblockError('FAILED_PRECONDITION', 'doctor needs the command ip: install the package iproute2');
  // 1 is its answer for what is not there.
  if (result.failed && result.exitCode !== 1)
    throw new ToolProblem(`ip link failed: ${result.stderr.split('\n')[0] || result.shortMessage}`);
  return result.failed ? [] : z.array(linkSchema).parse(JSON.parse(result.stdout));
}

async function driverOf(name: string, timeout: number): Promise<string> {
  return /^driver: (\S+)/m.exec(await ethtool('-i', name, timeout))?.[1] ?? '';
}

async function ethtool(flag: string, name: string, timeout: number): Promise<string> {
  // ethtool fails when the driver lacks the feature: nothing to report.
  const result = await execa('ethtool', [flag, name], { reject: false, timeout });
  if (result.timedOut) throw new ToolProblem(`ethtool ${flag} ${name} did not answer within ${timeout / 1000} s`);
  return result.stdout ?? '';
}

function featureState(features: string, feature: string): boolean | undefined {
  const state = new RegExp(`^${feature}: (on|off)`, 'm').exec(features)?.[1];
  return state === undefined ? undefined : state === 'on';
}

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function problemOf(attempt: () => void): string {
  try {
    attempt();
    return '';
  } catch (error) {
    return messageOf(error);
  }
}
