// The addresses that a machine needs: its own, its gateways' and its resolvers'. Read on every call.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Prefix, parsePrefix } from '../text/prefix.ts';
import { defaultGateways, type ReadProc, readProc } from './proc-net.ts';

/** The second is behind systemd-resolved's stub. */
const RESOLVER_FILES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

/** What a machine says of its network; handed in so that tests have their own. */
export interface NetworkSources {
  readonly interfaces: () => readonly string[];
  readonly proc: ReadProc;
  /** Of each file the text, in the form of resolv.conf(5). */
  readonly resolverFiles: () => readonly string[];
}

/** One address may be of several kinds, and of one kind more than once. */
export interface NetworkAddresses {
  readonly own: readonly Prefix[];
  /** Of the default routes. */
  readonly gateways: readonly Prefix[];
  readonly resolvers: readonly Prefix[];
}

const thisMachine: NetworkSources = {
  interfaces: () => Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
  proc: readProc,
  resolverFiles: () => RESOLVER_FILES.map(textOf),
};

/** Reads interfaces, routes and resolvers: about a millisecond. */
export function networkAddresses(sources = thisMachine): NetworkAddresses {
  return {
    own: sources.interfaces().flatMap(readAddress),
    gateways: defaultGateways(sources.proc).flatMap(readAddress),
    resolvers: sources.resolverFiles().flatMap(nameservers).flatMap(readAddress),
  };
}

/** Of full length; none for what is no address. Zone ids (`fe80::1%eth0`) are dropped: a packet's source has none. */
export function readAddress(text: string): Prefix[] {
  const [address = ''] = text.split('%');
  return isIP(address) ? [parsePrefix(address)] : [];
}

function nameservers(text: string): string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, address]) => address ?? []);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not every host has both files, some have neither.
    return '';
  }
}
