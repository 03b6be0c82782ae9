// The doctor's judgement: facts in, findings out. Pure, so that tests can judge hardware that is not at hand.
import type { XdpMode } from '../datapath.ts';
import {
  type Capability,
  kernelAtLeast,
  lackingCapabilities,
  OLDEST_KERNEL,
  OLDEST_TESTED_KERNEL,
} from '../platform.ts';
import { bondPassesXdp, multiBufferSince, nativeSince, refusesLro, singleBufferMtu } from './drivers.ts';
import type { HostFacts, InterfaceFacts } from './facts.ts';

/** `error`: it will not work. `warning`: it will work, but worse than it could. `ok`: checked and fine. */
export type Severity = 'ok' | 'warning' | 'error';

/** One line of the report: what was checked, the result, what to do. */
export interface Finding {
  /** Stable name for programs: `kernel`, `mtu`, ... */
  readonly check: string;
  readonly severity: Severity;
  readonly text: string;
  /** What to change, a sentence or a command; empty when there is nothing to change. */
  readonly fix: string;
}

/** The findings on one interface and what they add up to. */
export interface InterfaceVerdict {
  readonly name: string;
  /** The mode to expect if the agent attaches now; `none` when it will be refused. */
  readonly expectedMode: XdpMode;
  readonly findings: readonly Finding[];
}

/** A finding, and whether native mode can be had with it. */
interface Judged {
  readonly finding: Finding;
  readonly native: boolean;
}

const ok = (check: string, text: string): Finding => ({ check, severity: 'ok', text, fix: '' });
const warning = (check: string, text: string, fix: string): Finding => ({ check, severity: 'warning', text, fix });
const error = (check: string, text: string, fix: string): Finding => ({ check, severity: 'error', text, fix });

const fine = (finding: Finding): Judged => ({ finding, native: true });
const generic = (finding: Finding): Judged => ({ finding, native: false });

/** Always the same checks in the same order; those that pass are findings of severity `ok`. */
export function judgeHost(host: HostFacts): Finding[] {
  return [
    judgeKernel(host.kernelRelease),
    host.libbpfProblem === ''
      ? ok('libbpf', 'libbpf.so.1 is installed')
      : error('libbpf', host.libbpfProblem, 'apt-get install libbpf1 (Debian, Ubuntu) or dnf install libbpf (Fedora)'),
    judgeCapabilities(host.capabilities),
    judgeProgram(host),
    host.bpffsMounted
      ? ok('bpffs', 'bpffs is mounted on /sys/fs/bpf')
      : warning(
          'bpffs',
          'bpffs is not mounted on /sys/fs/bpf',
          'mount -t bpf bpf /sys/fs/bpf (the agent does it as root; ip netns exec hides it: enter with nsenter --net=)',
        ),
    host.jit === 0
      ? warning('jit', 'the BPF JIT is off: each packet is interpreted', 'sysctl -w net.core.bpf_jit_enable=1')
      : ok('jit', 'the BPF JIT is on'),
    host.kernelBtf
      ? ok('btf', 'the kernel has BTF')
      : warning(
          'btf',
          'the kernel has no BTF (/sys/kernel/btf/vmlinux); fleetblock does without',
          'a kernel with CONFIG_DEBUG_INFO_BTF=y lets bpftool show the maps by field',
        ),
  ];
}

function judgeKernel(release: string): Finding {
  if (!kernelAtLeast(release, ...OLDEST_KERNEL))
    return error(
      'kernel',
      `Linux ${release} is older than ${OLDEST_KERNEL.join('.')}`,
      'upgrade the kernel: bpf_link for XDP and batch map calls are needed',
    );
  return kernelAtLeast(release, ...OLDEST_TESTED_KERNEL)
    ? ok('kernel', `Linux ${release}`)
    : warning(
        'kernel',
        `Linux ${release} is older than ${OLDEST_TESTED_KERNEL.join('.')}, the oldest that fleetblock is tested on`,
        'nothing if all else here is fine, or upgrade the kernel',
      );
}

function judgeCapabilities(capabilities: readonly Capability[]): Finding {
  const lacking = lackingCapabilities(capabilities);
  return lacking.length === 0
    ? ok('capabilities', `has ${capabilities.map((name) => `CAP_${name}`).join(', ')}`)
    : error('capabilities', `lacks ${lacking.join(', ')}`, 'run it as root, or give it these capabilities');
}

function judgeProgram({ programProblem }: HostFacts): Finding {
  if (programProblem === '') return ok('program', 'the kernel takes the program');
  return programProblem === undefined
    ? warning('program', 'not tried whether the kernel takes the program', 'run doctor as root')
    : error(
        'program',
        programProblem,
        'upgrade the kernel, or report this text: the program should load from Linux 5.15 on',
      );
}

/** The pins could not be read. */
export function judgePins(problem: string): Finding {
  return error('pins', problem, 'bpftool map show and bpftool link show say what is there');
}

/** `ownPrograms`: ids of programs that are fleetblock's own, which may be on the hook already. */
export function judgeInterface(
  facts: InterfaceFacts,
  host: HostFacts,
  ownPrograms: ReadonlySet<number>,
): InterfaceVerdict {
  if (facts.problem !== '') {
    const findings = [error('interface', `${facts.name} could not be checked: ${facts.problem}`, 'run doctor again')];
    return { name: facts.name, expectedMode: 'none', findings };
  }
  if (!facts.exists) {
    const findings = [error('interface', `there is no interface ${facts.name}`, 'ip -br link lists those that exist')];
    return { name: facts.name, expectedMode: 'none', findings };
  }
  const judged = [
    fine(
      facts.up
        ? ok('interface', `${facts.name} is up`)
        : warning('interface', `${facts.name} is down`, `ip link set ${facts.name} up`),
    ),
    ...judgeLinkType(facts),
    fine(judgeHook(facts, ownPrograms)),
    judgeDriver(facts, host),
    judgeMtu(facts, host),
    ...judgeOffloads(facts, host),
    judgeQueues(facts),
    ...judgePlace(facts),
  ];
  const findings = judged.map(({ finding }) => finding);
  const refused = findings.some(({ severity }) => severity === 'error');
  const native = judged.every((each) => each.native);
  return { name: facts.name, expectedMode: refused ? 'none' : native ? 'native' : 'generic', findings };
}

function judgeLinkType({ name, linkType }: InterfaceFacts): Judged[] {
  if (linkType === 'ether' || linkType === 'loopback') return [];
  return [
    fine(
      error(
        'link-type',
        `packets of ${name} have no Ethernet header (link type ${linkType || 'unknown'}): the program could read no address there`,
        'name the Ethernet interface that its packets travel through: what comes to the tunnel from outside is judged there, what is inside of it cannot be. While it is named, no block counts as enforced on this host',
      ),
    ),
  ];
}

function judgeHook(facts: InterfaceFacts, ownPrograms: ReadonlySet<number>): Finding {
  if (facts.xdp === undefined) return ok('hook', 'no XDP program on the hook');
  const { programId, programName, mode } = facts.xdp;
  const who = `program ${programId}${programName && ` (${programName})`}`;
  if (ownPrograms.has(programId)) return ok('hook', `fleetblock's own ${who} is on the hook, ${mode}`);
  return error(
    'hook',
    `another XDP ${who} is on the hook, ${mode}; fleetblock never evicts one`,
    `bpftool prog show id ${programId} says what it is; remove it, or leave this interface to it`,
  );
}

/** Whether the driver has native XDP in this kernel. */
function hasNativeXdp(driver: string, { kernelRelease }: HostFacts): boolean {
  const since = nativeSince(driver);
  return since !== undefined && kernelAtLeast(kernelRelease, ...since);
}

function judgeDriver(facts: InterfaceFacts, host: HostFacts): Judged {
  const { driver } = facts;
  if (facts.kind === 'bond') return judgeBond(facts, host);
  if (hasNativeXdp(driver, host)) return fine(ok('driver', `${driver} has native XDP`));
  const since = nativeSince(driver);
  return generic(
    warning(
      'driver',
      since
        ? `${driver} has native XDP from Linux ${since.join('.')} on, and this is ${host.kernelRelease}`
        : `${driver || 'the driver'} has no native XDP that is known of`,
      `${since ? 'upgrade the kernel, or ' : ''}expect generic mode: it drops too, but later and several times slower`,
    ),
  );
}

function judgeBond({ memberDrivers, bondMode, bondHashPolicy }: InterfaceFacts, host: HostFacts): Judged {
  const without = memberDrivers.filter((driver) => !hasNativeXdp(driver, host));
  if (!bondPassesXdp(bondMode, bondHashPolicy))
    return generic(
      warning(
        'bond',
        `bonding mode ${bondMode}${bondHashPolicy && ` with xmit_hash_policy ${bondHashPolicy}`} has no native XDP`,
        'use 802.3ad, active-backup, balance-xor or balance-rr, and another hash policy than vlan+srcmac',
      ),
    );
  if (without.length > 0)
    return generic(
      warning('bond', `members without native XDP: ${without.join(', ')}`, 'native mode needs it of every member'),
    );
  return fine(ok('bond', `bonding mode ${bondMode} passes the program on to its members`));
}

/** A bond has no limit of its own: its members decide. */
function judgeMtu(facts: InterfaceFacts, host: HostFacts): Judged {
  const judged = (facts.kind === 'bond' ? facts.memberDrivers : [facts.driver]).map((driver) =>
    judgeMtuOf(driver, facts, host),
  );
  return judged.find(({ native }) => !native) ?? judged[0] ?? fine(ok('mtu', `MTU ${facts.mtu}`));
}

function judgeMtuOf(driver: string, facts: InterfaceFacts, host: HostFacts): Judged {
  const limit = singleBufferMtu(driver);
  if (facts.mtu <= limit || !hasNativeXdp(driver, host)) return fine(ok('mtu', `MTU ${facts.mtu}`));
  const since = multiBufferSince(driver);
  if (since && kernelAtLeast(host.kernelRelease, ...since))
    return fine(ok('mtu', `MTU ${facts.mtu} is past one buffer (${limit}): attached as a multi-buffer program`));
  const upgrade = since ? `, upgrade to Linux ${since.join('.')}` : '';
  return generic(
    warning(
      'mtu',
      `MTU ${facts.mtu} is more than ${driver} takes with native XDP on this kernel (${limit})`,
      `ip link set ${facts.name} mtu ${Math.min(limit, 3000)}${upgrade}, or expect generic mode`,
    ),
  );
}

function judgeOffloads(facts: InterfaceFacts, host: HostFacts): Judged[] {
  const native = hasNativeXdp(facts.driver, host);
  const judged = [
    facts.lro === true && native && refusesLro(facts.driver)
      ? generic(
          warning(
            'lro',
            `large receive offload is on: ${facts.driver} refuses native XDP with it`,
            `ethtool -K ${facts.name} lro off`,
          ),
        )
      : fine(ok('lro', `large receive offload is ${facts.lro ? 'on: no hindrance to this driver' : 'off'}`)),
  ];
  if (facts.driver === 'virtio_net' && facts.fixedHardwareGro)
    judged.push(
      generic(
        warning(
          'gro-hw',
          'the machine below merges packets (rx-gro-hw: on [fixed]): virtio_net then refuses native XDP',
          'start the virtual machine with guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off, or expect generic mode',
        ),
      ),
    );
  if (facts.rxvlan === true && native && facts.kind === '')
    judged.push(
      fine(
        warning(
          'rxvlan',
          'the driver takes VLAN tags off before XDP: addresses are matched anyway',
          `nothing, or ethtool -K ${facts.name} rxvlan off to see tags`,
        ),
      ),
    );
  return judged;
}

function judgeQueues({ name, driver, channels, maxChannels, rxQueues }: InterfaceFacts): Judged {
  // ENA takes a second set of queues for XDP's transmits and refuses when there is no room for it.
  if (driver === 'ena' && maxChannels > 0 && channels > maxChannels / 2)
    return generic(
      warning(
        'queues',
        `ENA uses ${channels} of ${maxChannels} channels; native XDP needs half of them free`,
        `ethtool -L ${name} combined ${Math.max(1, Math.floor(maxChannels / 2))}`,
      ),
    );
  return fine(ok('queues', `${rxQueues} receive queue${rxQueues === 1 ? '' : 's'}`));
}

function judgePlace(facts: InterfaceFacts): Judged[] {
  if (facts.masterKind === 'bond')
    return [
      fine(
        warning(
          'bond',
          `${facts.name} is a member of the bond ${facts.master}: packets of the other members are not seen here, and it is refused while the bond itself has a program`,
          `use --interface ${facts.master}`,
        ),
      ),
    ];
  if (facts.kind === 'vlan')
    return [
      generic(
        warning(
          'vlan',
          `${facts.name} is a VLAN device: only generic XDP works there`,
          `use --interface ${facts.lower || 'its lower device'}: tags are parsed`,
        ),
      ),
    ];
  if (facts.masterKind === 'bridge') return [fine(judgePort(facts))];
  return [];
}

/** The kernel takes a port's program only while its bridge has none; the other way round, both. */
function judgePort({ name, master, masterXdp, xdp }: InterfaceFacts): Finding {
  if (!masterXdp || xdp) return ok('bridge', `member of the bridge ${master}: XDP runs before the bridge`);
  return error(
    'bridge',
    `${name} is a port of the bridge ${master}, which has an XDP program already: the kernel refuses one on a port then, and what the bridge forwards passes`,
    `stop the agent, fleetblock-agent detach --interface ${master}, and name both: --interface ${name},${master}`,
  );
}
