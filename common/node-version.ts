// Refuses a Node.js that is too old, in one line. What this file is written in must be understood by any Node.js of the last years, and
// it imports nothing: it is all that the programs load before they know.

/** package.json's `engines` says the same. Older ones lack what is used here, or have holes in their TLS and HTTP/2. */
export const OLDEST_NODE = '24.14.1';

/** Ends the process with exit code 1 when the Node.js that runs it is too old. */
export function refuseOldNode(): void {
  const running = process.versions.node;
  if (!isOlder(running, OLDEST_NODE)) return;
  process.stderr.write(`fleetblock needs Node.js ${OLDEST_NODE} or newer; this is ${running} (${process.execPath})\n`);
  process.exit(1);
}

/** Compares `major.minor.patch`; a pre-release counts as its release. */
export function isOlder(version: string, than: string): boolean {
  const ours = numbers(version);
  const theirs = numbers(than);
  const differs = theirs.findIndex((number, i) => number !== ours[i]);
  return differs >= 0 && (ours[differs] || 0) < (theirs[differs] || 0);
}

function numbers(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}
