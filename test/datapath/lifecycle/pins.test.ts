// What may be in a pin directory, and what is refused: anyone who can write there could hand the agent maps of their own.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LAYOUT_VERSION, MAPS } from '../../../agent/datapath/decision/layout.ts';
import { attachedProgram } from '../../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { findPinDirectory } from '../../../agent/datapath/pins/pin-directory.ts';
import { pin } from '../../../agent/datapath/pins/pins.ts';
import { packagedObject } from '../../../agent/datapath/platform.ts';
import { openXdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { patience } from '../../../lab/patience.ts';
import {
  buildFlood,
  freshPinDir,
  indexOf,
  ip,
  makePair,
  PrivateNetwork,
  quiet,
  removePins,
  whyNoNetwork,
} from '../network.ts';
import { tableOf } from '../tables-of.ts';

const SOMEBODY = 65_534;
/** The directory of this layout's pins. */
const SET = `v${LAYOUT_VERSION}`;

describe.skipIf(whyNoNetwork() !== '')(`faults row 14: planted pins ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let other: BpfObject;
  let pinDir: string;

  beforeAll(() => {
    network = PrivateNetwork.enter();
    makePair('in0', 'out0');
    other = BpfObject.load(buildFlood());
  });

  beforeEach(() => {
    pinDir = freshPinDir();
  });

  afterEach(() => removePins(pinDir));

  afterAll(() => {
    other.close();
    network.leave();
  });

  const start = (directory = pinDir) =>
    openXdpDatapath({
      pinDir: directory,
      interfaces: ['in0'],
      limits: { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 },
      logger: quiet,
    });

  /** An agent has been here and left its pins. */
  async function pinned(): Promise<void> {
    const datapath = await start();
    await datapath.reconcile(tableOf('198.51.100.7'));
    await datapath.closed();
  }

  /** Refused with that text, by the agent and by detach, and nothing that was enforced is touched. */
  async function expectRefused(text: string | RegExp): Promise<void> {
    const before = attachedProgram(indexOf('in0'));
    await expect(start()).rejects.toThrow(text);
    expect(() => detachXdp(pinDir)).toThrow(text);
    expect(attachedProgram(indexOf('in0'))).toEqual(before);
  }

  it('faults row 14: what the agent makes is root-owned, 0700 and 0600', async () => {
    await pinned();
    for (const [path, mode] of [
      [pinDir, 0o700],
      [join(pinDir, 'links'), 0o700],
      [join(pinDir, SET), 0o700],
      [join(pinDir, `${SET}/maps`), 0o700],
      [join(pinDir, 'links/in0'), 0o600],
      [join(pinDir, `${SET}/maps`, MAPS.bits), 0o600],
    ] as const) {
      const stats = lstatSync(path);
      expect([path, stats.uid, stats.mode & 0o7777]).toEqual([path, 0, mode]);
    }
  });

  it('faults row 14: a pin directory that is not on bpffs', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fbpins-'));
    try {
      await expect(start(directory)).rejects.toThrow(`${directory} is not on a bpffs: mount -t bpf`);
      await expect(start(join(directory, 'below'))).rejects.toThrow('is not on a bpffs');
      expect(existsSync(join(directory, 'below'))).toBe(false);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('faults row 14: a pin directory of another user, or open to others', async () => {
    mkdirSync(pinDir, { mode: 0o700 });
    chownSync(pinDir, SOMEBODY, SOMEBODY);
    await expectRefused(`${pinDir} belongs to user ${SOMEBODY}, not to root`);
    chownSync(pinDir, 0, 0);
    for (const mode of [0o755, 0o770, 0o777]) {
      chmodSync(pinDir, mode);
      await expectRefused(`${pinDir} has mode 0${mode.toString(8)}, so that others can plant things in it`);
    }
  });

  it('faults row 14: a symbolic link as the pin directory, or above it', async () => {
    const real = freshPinDir();
    mkdirSync(join(real, 'below'), { recursive: true, mode: 0o700 });
    symlinkSync(real, pinDir);
    try {
      await expectRefused(`${pinDir} is a symbolic link`);
      await expect(start(join(pinDir, 'below'))).rejects.toThrow(`${pinDir} is a symbolic link: use the real path`);
    } finally {
      unlinkSync(pinDir);
      removePins(real);
    }
  });

  it('faults row 14: a directory above that others can write to', async () => {
    mkdirSync(join(pinDir, 'below'), { recursive: true, mode: 0o700 });
    chmodSync(pinDir, 0o777);
    await expect(start(join(pinDir, 'below'))).rejects.toThrow(`${pinDir} can be written by others (mode 0777)`);
  });

  it('faults row 14: paths that cannot be', async () => {
    await expect(start('relative/path')).rejects.toThrow('give an absolute path');
    await expect(start('/sys/fs/bpf/../bpf/x')).rejects.toThrow('give an absolute path');
    await expect(start('/sys/fs/bpf/fleet.block')).rejects.toThrow('cannot have dots');
    expect(() => findPinDirectory('/sys/fs/bpf/')).toThrow('give an absolute path');
  });

  it('faults row 14: an object of another kind or shape under the name of a map', async () => {
    await pinned();
    const victim = join(pinDir, `${SET}/maps`, MAPS.v4Exact);
    unlinkSync(victim);
    pin(other.map('sources').fd, victim);
    await expect(start()).rejects.toThrow(
      `${victim} is a map of type 2 with keys of 4 and values of 12 bytes, where type 1, 4 and 16 belong`,
    );
    unlinkSync(victim);
    pin(other.program('flood').fd, victim);
    await expect(start()).rejects.toThrow(`${victim} is a program: not made by this fleetblock`);
    // Detaching needs no map to be what it should be.
    expect(detachXdp(pinDir)).toEqual(['in0']);
  });

  it('faults row 14: something else under the name of a link or program', async () => {
    await pinned();
    const link = join(pinDir, 'links/planted0');
    pin(other.map('sources').fd, link);
    await expectRefused(`${link} is a map: not made by this fleetblock`);
    unlinkSync(link);
    const program = join(pinDir, `${SET}/program-0000000000000000`);
    pin(other.program('witness').fd, program);
    await expectRefused(`${program} is a program of type 3`);
    unlinkSync(program);
    expect(detachXdp(pinDir)).toEqual(['in0']);
  });

  it('faults row 14: a pin of another user, open to others, or a symbolic link', async () => {
    await pinned();
    const victim = join(pinDir, 'links/in0');
    chmodSync(victim, 0o666);
    await expectRefused(`${victim} has mode 0666, which fleetblock never gives`);
    chmodSync(victim, 0o600);
    chownSync(victim, SOMEBODY, SOMEBODY);
    await expectRefused(`${victim} belongs to user ${SOMEBODY}`);
    chownSync(victim, 0, 0);
    const aside = join(pinDir, `${SET}/aside`);
    renameSync(victim, aside);
    symlinkSync(aside, victim);
    await expectRefused(`${victim} is a symbolic link`);
    unlinkSync(victim);
    renameSync(aside, victim);
    expect(detachXdp(pinDir)).toEqual(['in0']);
  });

  it('faults row 14: things in the pin directory that fleetblock never makes', async () => {
    await pinned();
    mkdirSync(join(pinDir, 'extra'), { mode: 0o700 });
    await expectRefused(`${join(pinDir, 'extra')} is nothing that fleetblock makes`);
    rmSync(join(pinDir, 'extra'), { recursive: true });
    expect(detachXdp(pinDir)).toEqual(['in0']);
  });

  /** Opens the datapath in a process with mounts of its own, without bpffs. */
  function withoutBpffs(...unshare: string[]) {
    const holder = [join(import.meta.dirname, 'holder.ts'), pinDir, packagedObject(), 'in0', '1000', '--once'];
    const script =
      'while umount /sys/fs/bpf 2>/dev/null; do :; done; "$@" && stat -f -c %T /sys/fs/bpf && stat -c %a /sys/fs/bpf';
    return spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', process.execPath, ...holder], {
      encoding: 'utf8',
      timeout: patience(60_000),
    });
  }

  it('mounts bpffs when it is missing, closed to other users', () => {
    // With processes of its own too: a machine, or a container that is one.
    const { stdout, stderr } = withoutBpffs('--mount', '--pid', '--fork', '--mount-proc');
    expect(stderr).toBe('');
    expect(stdout).toBe('ready\nbpf_fs\n1700\n');
  });

  it('refuses to mount bpffs where it would end with the process', () => {
    const { status, stderr } = withoutBpffs('--mount');
    expect(stderr).toContain('this process has its own mount namespace (ip netns exec, unshare)');
    expect(status).toBe(1);
    expect(attachedProgram(indexOf('in0')).programId).toBe(0);
  });

  it('an interface is free again after all of this', () => {
    expect(attachedProgram(indexOf('in0')).programId).toBe(0);
    ip('link', 'del', 'in0');
  });
});
