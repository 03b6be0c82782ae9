// `fleetblock-agent join`: enrolls this host.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { readSecretFile } from '../../common/files.ts';
import { type EnrollmentToken, parseToken } from '../../common/text/token.ts';
import { VERSION } from '../../common/version.ts';
import type { JoinSettings } from '../config.ts';
import { joinFleet } from '../identity/enrollment.ts';

/** Writes the identity into the state directory; attaches nothing and blocks nothing, which is for `run`. */
export async function join(settings: JoinSettings): Promise<void> {
  const token = await readToken(settings.tokenFile);
  const { controller, stateDir, name, labels, replace } = settings;
  const { hostName, fleet } = await joinFleet({
    controller,
    token,
    stateDir,
    name,
    labels,
    replace,
    agentVersion: VERSION,
  });
  process.stdout.write(`joined fleet ${fleet} as ${hostName}\n`);
  process.stderr.write(
    `next: fleetblock-agent run --state-dir ${stateDir}, or systemctl start fleetblock-agent where it is a service\n`,
  );
}

/** The token is never an argument: every user of the host can see those. */
async function readToken(file: string | undefined): Promise<EnrollmentToken> {
  if (file === '-') {
    if (process.stdin.isTTY) process.stderr.write('enrollment token: ');
    const line = await text(process.stdin);
    if (line.trim() === '')
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        'no token came on standard input: did fleetblock token create fail?',
      );
    return parseToken(line);
  }
  if (file !== undefined) return parseToken(readTokenFile(file));
  const variable = process.env.FLEETBLOCK_TOKEN;
  if (!variable)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'no enrollment token: give --token-file FILE, or - for standard input, or set FLEETBLOCK_TOKEN',
    );
  return parseToken(variable);
}

function readTokenFile(file: string): string {
  // Only files are checked: a pipe of the shell (<(...)) is private already.
  if (file.startsWith('/dev/fd/') || file.startsWith('/proc/self/fd/')) {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new FleetblockError('NOT_FOUND', `cannot read the enrollment token: ${messageOf(error)}`, { cause: error });
    }
  }
  return readSecretFile(file, 'the enrollment token');
}
