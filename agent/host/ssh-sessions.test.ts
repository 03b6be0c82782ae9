import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionsOn, defaultGateways, defaultRouteInterfaces } from '../../common/host/proc-net.ts';
import { SshSessions } from './ssh-sessions.ts';

// As /proc/net prints them on a little-endian machine: 10.0.0.1:22 with 192.0.2.7, 192.0.2.8; [::ffff:10.0.0.1]:22 with
// ::ffff:198.51.100.9; and connections that are none of SSH or not established.
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100000A:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 0 100 0 0 10 0
   1: 0100000A:0016 070200C0:D431 01 00000000:00000000 02:000A7E5C 00000000     0        0 101 4 0 20 4 1 10 -1
   2: 0100000A:0016 080200C0:D432 01 00000000:00000000 02:000A7E5C 00000000     0        0 102 4 0 20 4 1 10 -1
   3: 0100000A:01BB 090200C0:D433 01 00000000:00000000 02:000A7E5C 00000000     0        0 103 4 0 20 4 1 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100000A:0016 0000000000000000FFFF0000096433C6:E000 01 00000000:00000000 02:000A7E5C 00000000     0        0 104 4 0 20 4 1 10 -1
`;
const FILES: Readonly<Record<string, string>> = {
  'net/tcp': TCP,
  'net/tcp6': TCP6,
  '10/comm': 'sshd\n',
  '10/loginuid': '4294967295\n',
  '11/comm': 'sshd-session\n',
  '11/loginuid': '1000\n',
  '12/comm': 'evil\n',
  '12/loginuid': '1000\n',
  'net/route': `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`,
  'net/ipv6_route': `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
`,
};
const read = (path: string) => FILES[path] ?? '';

describe('SSH sessions', () => {
  it('are those of logged-in processes and of logind, not every open connection', () => {
    const processes = {
      list: () => ['10', '11', '12'],
      sockets: (pid: string) => (pid === '11' ? ['101'] : ['102']),
      sessions: () => ['198.51.100.9'],
    };
    expect(new SshSessions([22], read, processes).peers()).toEqual(['192.0.2.7', '198.51.100.9']);
    expect(new SshSessions([2222], read, processes).peers()).toEqual([]);
  });

  it('are remembered while the connection lasts, and looked for only while one is unknown', () => {
    let looks = 0;
    const processes = {
      list: () => {
        looks++;
        return looks === 1 ? ['11'] : [];
      },
      sockets: () => ['101', '102', '104'],
      sessions: () => [],
    };
    const sessions = new SshSessions([22], read, processes);
    expect(sessions.peers()).toHaveLength(3);
    expect(sessions.peers()).toHaveLength(3);
    expect(looks).toBe(1);
  });
});

describe('sessions of logind', () => {
  it('are read from its files, and not from the pipe that each session has', () => {
    const directory = mkdtempSync(join(tmpdir(), 'fleetblock-sessions-'));
    try {
      writeFileSync(join(directory, '7'), 'UID=0\nREMOTE=1\nREMOTE_HOST=192.0.2.7\nLEADER=82\n');
      writeFileSync(join(directory, '8'), 'UID=0\nREMOTE=0\n');
      execFileSync('mkfifo', [join(directory, '7.ref')]);
      // In a process of its own: one that waits for a pipe does not come back.
      const module = JSON.stringify(new URL('ssh-sessions.ts', import.meta.url).href);
      const script = `import { sessionPeers } from ${module}; console.log(JSON.stringify(sessionPeers(process.argv[1])));`;
      const words = ['--input-type=module', '--eval', script, directory];
      const peers = execFileSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' });
      expect(JSON.parse(peers)).toEqual(['192.0.2.7']);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('/proc/net', () => {
  it('gives established connections of the ports, and the routers and interfaces of default routes', () => {
    expect(connectionsOn(new Set([443]), read)).toEqual([{ peer: '192.0.2.9', localPort: 443, inode: '103' }]);
    expect(defaultGateways(read)).toEqual(['192.0.2.1', 'fe80::1']);
    expect(defaultRouteInterfaces(read)).toEqual(['eth0', 'eth1']);
  });
});
