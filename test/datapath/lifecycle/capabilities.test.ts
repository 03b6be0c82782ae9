// Which rights the datapath needs: a process with exactly these, and processes with one fewer.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attachedProgram } from '../../../agent/datapath/libbpf/link.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { packagedObject } from '../../../agent/datapath/platform.ts';
import { patience } from '../../../lab/patience.ts';
import { freshPinDir, indexOf, makePair, PrivateNetwork, whyNoNetwork } from '../network.ts';

const NEEDED = ['bpf', 'net_admin', 'perfmon'];

describe.skipIf(whyNoNetwork() !== '')(`capabilities ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  const pinDir = freshPinDir();

  beforeAll(() => {
    network = PrivateNetwork.enter();
    makePair('in0', 'out0');
  });

  afterEach(() => {
    detachXdp(pinDir);
  });

  afterAll(() => network.leave());

  /** Opens the datapath in a process of user 0 with these capabilities and no others. */
  function open(capabilities: readonly string[]) {
    const only = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
    const holder = [join(import.meta.dirname, 'holder.ts'), pinDir, packagedObject(), 'in0', '1000', '198.51.100.7'];
    const result = spawnSync(
      'setpriv',
      [`--bounding-set=${only}`, `--inh-caps=${only}`, process.execPath, ...holder, '--once'],
      { encoding: 'utf8', timeout: patience(60_000) },
    );
    return { status: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  it('CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON are enough to open, attach and pin', () => {
    expect(open(NEEDED)).toMatchObject({ status: 0, stdout: 'ready\n' });
    expect(attachedProgram(indexOf('in0'))).toMatchObject({ mode: 'native' });
    // And to adopt.
    expect(open(NEEDED)).toMatchObject({ status: 0, stdout: 'ready\n' });
  });

  it.each(NEEDED)('without CAP_%s it is refused in words, before anything is made', (name) => {
    const result = open(NEEDED.filter((each) => each !== name));
    expect(result.stderr).toContain(`the datapath needs CAP_${name.toUpperCase()}: run as root`);
    expect(result.status).toBe(1);
    expect(existsSync(pinDir)).toBe(false);
  });
});
