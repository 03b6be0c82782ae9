// What is on an interface's XDP hook already, and why it is not what was asked for.
import type { XdpMode, XdpModeRequest } from '../datapath.ts';
import { type AttachMode, attachedProgram, programName, refusalText } from '../libbpf/link.ts';
import type { XdpProgram } from '../libbpf/program.ts';

/** Of an interface that fell back to generic mode under `auto`. */
export const GENERIC_PROBLEM =
  'generic mode: packets are dropped after the driver has built them, several times slower; fleetblock-agent doctor says why, --xdp-mode generic accepts it';

/** How packets of the interface reach whatever program is attached to it. @throws KernelError */
export function modeOf(index: number): XdpMode {
  const { mode } = attachedProgram(index);
  return mode === 'native' || mode === 'generic' ? mode : 'none';
}

/** Why the interface cannot be attached to, when the kernel says that the hook is taken. @throws KernelError */
export function occupiedBy(program: XdpProgram, name: string, index: number, wanted: AttachMode): string {
  const { programId, mode } = attachedProgram(index);
  if (programId === 0) {
    // No program of its own is in the way: a bond, bridge or VLAN device above it has one.
    const said = refusalText(program, index, wanted);
    return `not attached, packets that come in by ${name} may pass: the kernel says "${said || 'the hook is taken'}"; fleetblock-agent doctor says what to change`;
  }
  const called = programName(programId);
  return (
    `another XDP program is attached to ${name}: id ${programId}${called === undefined ? '' : ` (${called})`}, ${mode}. It is never evicted: ` +
    `remove it (bpftool prog show id ${programId} says what it is), or leave this interface to it`
  );
}

/** `said`: the reason that the kernel or the driver gave for refusing `mode`. */
export function refusedMode(request: XdpModeRequest, mode: AttachMode, said: string): string {
  return request === 'auto' && mode === 'native'
    ? `generic mode, several times slower, as the driver refuses native mode (${said}); fleetblock-agent doctor says what to change`
    : `not attached: ${mode} mode is refused (${said}); fleetblock-agent doctor says what to change`;
}
