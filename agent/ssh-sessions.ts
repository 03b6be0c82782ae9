// Who is logged in over SSH. An open connection is not enough: anybody can hold one before logging in, and must not become
// undroppable by it. A session counts once a process that holds its socket has a login uid, which PAM sets at login.
import { readdirSync, readlinkSync } from 'node:fs';
import { systemCode } from '../common/errors.ts';
import { connectionsOn, type ReadProc, readProc } from './proc-net.ts';

/** loginuid(5) of a process that nobody logged in for. */
const NO_LOGIN = '4294967295';

export interface Processes {
  /** Process ids. */
  list(): string[];
  /** Inodes of the sockets that a process has open. */
  sockets(pid: string): string[];
}

/** Finds peers of SSH sessions. Remembers what it found of a connection, since that takes a look at every process. */
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

  /** Addresses from which somebody is logged in. */
  peers(): string[] {
    const connections = connectionsOn(this.#ports, this.#read);
    const open = connections.filter(({ inode }) => this.#known.get(inode) !== true);
    const loggedIn = open.length > 0 ? this.#loggedInSockets() : new Set<string>();
    const known = new Map<string, boolean>();
    for (const { inode } of connections) known.set(inode, this.#known.get(inode) === true || loggedIn.has(inode));
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

const ofThisHost: Processes = {
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
