// Which of Debian's kernels are booted, and what is checked on them.

/** One kernel: where Debian has it, and what fleetblock promises of it. */
export interface Kernel {
  /** What people call it. */
  readonly name: string;
  readonly suite: string;
  /** Debian's package that depends on the newest image of the suite. */
  readonly package: string;
  /** `claimed`: everything must work. `refused`: the programs name the kernel that they need. */
  readonly promise: 'claimed' | 'refused';
}

const GENERIC = 'linux-image-amd64';

/** Oldest first. No suite of Debian's mirror has a kernel between 5.10 and 6.1. */
export const KERNELS: readonly Kernel[] = [
  { name: '5.10', suite: 'bullseye', package: GENERIC, promise: 'refused' },
  { name: '6.1', suite: 'bookworm', package: GENERIC, promise: 'claimed' },
  { name: '6.12', suite: 'trixie', package: GENERIC, promise: 'claimed' },
  { name: 'newest backport', suite: 'trixie-backports', package: GENERIC, promise: 'claimed' },
];

/** The same verifier as 6.1's in a package of a third of its size: what the gate boots. */
export const SHORT: Kernel = {
  name: '6.1',
  suite: 'bookworm',
  package: 'linux-image-cloud-amd64',
  promise: 'claimed',
};

/** Checks by the name that their guest reports, as rows of the table. `load` is part of every start. */
export const CHECKS: Readonly<Record<Kernel['promise'], readonly string[]>> = {
  claimed: [
    'load',
    'doctor',
    'demo',
    'tests',
    'e1000',
    'virtio-net, 1 queue',
    'virtio-net, 4 queues',
    'vmxnet3',
    'VLAN',
    'bond',
    'bridge',
  ],
  refused: ['refusal'],
};

/** What one check of one kernel came to. */
export interface Result {
  readonly check: string;
  readonly ok: boolean;
  /** For people, one line. */
  readonly text: string;
}

/** A line of a guest's console, if it is a result: `@@ CHECK: ok|failed TEXT`. */
export function parseResult(line: string): Result | undefined {
  const match = /^@@ ([^:]+): (ok|failed) ?(.*)$/.exec(line.trimEnd());
  if (match === null) return undefined;
  const [, check = '', verdict, text = ''] = match;
  return { check, ok: verdict === 'ok', text };
}
