// Who is logged in over SSH. An open connection is not enough: anyone can open one before logging in, and must not become
// undroppable by it. A connection counts once logind has a session from its peer, or a process that holds its socket has a
// login uid, which PAM sets at login. The second is also true where there is no logind, but takes CAP_SYS_PTRACE.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { systemCode } from '../../common/errors.ts';
import { connectionsOn, type ReadProc, readProc } from '../../common/host/proc-net.ts';
import { formatAddress, parsePrefix } from '../../common/text/prefix.ts';

/** loginuid(5) of a process without a login. */
const NO_LOGIN = '4294967295';

/** What /proc and logind say, in an interface so that tests can invent sessions. */
export interface Processes {
  /** Process ids. */
  list(): string[];
  /** Inodes of the sockets that a process has open; none when they may not be seen. */
  sockets(pid: string): string[];
  /** Addresses from which logind has sessions. */
  sessions(): string[];
}

/** Finds peers of SSH sessions. Remembers what it found of a connection, since that means reading every process. */
export class SshSessions {
  readonly #ports: ReadonlySet<number>;
  readonly #read: ReadProc;
  readonly #processes: Processes;
  // Socket inode -> whether its session is logged in.
  #known = new Map<string, boolean>();

  constructor(ports: readonly number[], read: ReadProc = readProc, processes: Processes = ofThisHost) {
    this.#ports = new Set(ports);
    this.#read = read;
    this.#processes = processes;
  }

  /** Addresses that logged-in users come from. */
  peers(): string[] {
    // A socket of both families shows IPv4 peers as mapped addresses.
    const connections = connectionsOn(this.#ports, this.#read).map((each) => ({
      ...each,
      peer: formatAddressText(each.peer),
    }));
    const open = connections.filter(({ inode }) => this.#known.get(inode) !== true);
    const sockets = open.length > 0 ? this.#loggedInSockets() : new Set<string>();
    const sessions = open.length > 0 ? new Set(this.#processes.sessions()) : new Set<string>();
    const known = new Map<string, boolean>();
    for (const { inode, peer } of connections)
      known.set(inode, this.#known.get(inode) === true || sockets.has(inode) || sessions.has(peer));
    this.#known = known;
    return [...new Set(connections.filter(({ inode }) => known.get(inode)).map(({ peer }) => peer))];
  }

  #loggedInSockets(): Set<string> {
    const sockets = new Set<string>();
    for (const pid of this.#processes.list()) {
      if (!/^(sshd|dropbear)/.test(this.#read(`${pid}/comm`))) continue;
      const login = this.#read(`${pid}/loginuid`).trim();
      if (login === '' || login === NO_LOGIN) continue;
      for (const inode of this.#processes.sockets(pid)) sockets.add(inode);
    }
    return sockets;
  }
}

const SESSIONS = '/run/systemd/sessions';

/** @param directory of logind: a file for each session, and beside it a pipe that nobody writes to: reading that would never end */
export function sessionPeers(directory: string): string[] {
  try {
    const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    return files.flatMap(({ name }) => {
      const [, host = ''] = /^REMOTE_HOST=(.+)$/m.exec(readFileSync(join(directory, name), 'utf8')) ?? [];
      return isIP(host) ? [formatAddressText(host)] : [];
    });
  } catch {
    // No logind, or a session that has just ended: the next look sees what there is.
    return [];
  }
}

const ofThisHost: Processes = {
  sessions: () => sessionPeers(SESSIONS),
  list: () => readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)),
  sockets: (pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[([0-9]+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          // Closed since it was listed.
          return [];
        }
      });
    } catch (error) {
      if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemCode(error) ?? '')) return [];
      throw error;
    }
  },
};

/** The one way to write an address that /proc/net is read into as well. */
function formatAddressText(address: string): string {
  const { family, address: bytes } = parsePrefix(address);
  return formatAddress(family, bytes);
}
