// One virtual machine: qemu in a network namespace of its own, its results read from the serial console, killed by its process id when it
// takes too long.
import { join } from 'node:path';
import { execa } from 'execa';
import { patience } from '../../lab/patience.ts';
import { parseResult, type Result } from './matrix.ts';

/** What a guest starts from and what it runs. */
export interface Guest {
  /** Directory of kernel.sh. */
  readonly kernel: string;
  readonly initramfs: string;
  /** Disk images by the name that the guest mounts them by; none: it only loads the program. */
  readonly disks: Readonly<Record<string, string>>;
  /** Names of the checks in `inside/checks.ts`. */
  readonly run: readonly string[];
  readonly processors: number;
  readonly memoryMiB: number;
  /** Of a quiet machine; see lab/patience.ts. */
  readonly limitMs: number;
}

/** Network cards of every guest with disks, all on one bridge: `inside/devices.ts` knows them by the last byte of their address. */
const CARDS = [
  { device: 'virtio-net-pci', queues: 1 },
  { device: 'e1000', queues: 1 },
  { device: 'virtio-net-pci', queues: 1 },
  { device: 'virtio-net-pci', queues: 4 },
  { device: 'vmxnet3', queues: 1 },
];

/** Emulation unless FLEETBLOCK_KERNELS_ACCEL says otherwise: /dev/kvm of a virtual machine may be there and not work. */
const ACCELERATOR = process.env.FLEETBLOCK_KERNELS_ACCEL ?? 'tcg';

/**
 * Boots it and waits until it is off.
 * @param seen called with every line of the console
 * @returns its results in their order; one named `guest` if it did not end by itself
 */
export async function boot(guest: Guest, seen: (line: string) => void): Promise<Result[]> {
  const results: Result[] = [];
  const withDisks = Object.keys(guest.disks).length > 0;
  const qemu = [
    ...['qemu-system-x86_64', '-accel', ACCELERATOR, '-cpu', ACCELERATOR === 'kvm' ? 'host' : 'Nehalem'],
    ...['-smp', `${guest.processors}`, '-m', `${guest.memoryMiB}`],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', join(guest.kernel, 'vmlinuz'), '-initrd', guest.initramfs],
    // `run` and `patience` become the environment of the first program.
    ...[
      '-append',
      `console=ttyS0 loglevel=3 panic=-1 mitigations=off run=${guest.run.join(',')} patience=${patience(10)}`,
    ],
    ...Object.entries(guest.disks).flatMap(([name, path]) => disk(name, path)),
    ...(withDisks ? CARDS.flatMap(card) : []),
  ];
  // Each replaces itself by the next: the process is qemu in the end.
  const network = withDisks ? ['unshare', '--net', 'sh', join(import.meta.dirname, 'network.sh')] : [];
  const [file = '', ...words] = ['nice', '-n', '10', ...network, ...qemu];
  const machine = execa(file, words, {
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    timeout: patience(guest.limitMs),
    killSignal: 'SIGKILL',
  });
  for await (const line of machine.iterable({ from: 'all' })) {
    seen(line);
    const result = parseResult(line);
    if (result !== undefined) results.push(result);
  }
  const { exitCode, timedOut, shortMessage } = await machine;
  if (exitCode !== 0)
    results.push({ check: 'guest', ok: false, text: timedOut ? 'did not end in time' : (shortMessage ?? 'failed') });
  return results;
}

function disk(name: string, path: string): string[] {
  return [
    ...['-drive', `id=${name},file=${path},format=raw,if=none,cache=unsafe,snapshot=on`],
    ...['-device', `virtio-blk-pci,drive=${name},serial=${name}`],
  ];
}

function card({ device, queues }: (typeof CARDS)[number], index: number): string[] {
  const many = queues > 1 ? `,mq=on,vectors=${2 * queues + 2}` : '';
  return [
    ...[
      '-netdev',
      `tap,id=net${index},ifname=tap${index},script=no,downscript=no${queues > 1 ? `,queues=${queues}` : ''}`,
    ],
    ...['-device', `${device},netdev=net${index},mac=52:54:00:fb:00:0${index},romfile=${many}`],
  ];
}
