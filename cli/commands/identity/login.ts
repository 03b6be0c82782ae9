// fleetblock login: get credentials for a fleet with a one-time token; the key is made here and never leaves this machine.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { readSecretFile } from '../../../common/files.ts';
import { method } from '../../../common/rpc/client/method.ts';
import { asStranger, callOnce } from '../../../common/rpc/client/once.ts';
import { fetchPinnedRoot } from '../../../common/rpc/pinned-root.ts';
import { formatEndpoint, parseEndpoint } from '../../../common/text/endpoint.ts';
import { isValidName } from '../../../common/text/selector.ts';
import { type EnrollmentToken, parseLoginToken } from '../../../common/text/token.ts';
import { ContextFile } from '../../credentials/context-file.ts';
import { DEFAULT_PORT } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { jsonTime } from '../../output/json.ts';
import { say } from '../../output/say.ts';
import { addExamples, addOutput } from '../options.ts';

interface LoginOptions extends GlobalOptions {
  readonly tokenFile?: string;
  readonly name?: string;
  readonly replace?: boolean;
  readonly output: OutputForm;
}

const TIMEOUT_MS = 10_000;
/** The answer may be lost after the token was used: the same key may ask again. */
const TRIES = 3;

/** Checks the file before the token is spent, as a token works once. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('login')
    .summary('get credentials for a fleet with a token')
    .description(
      'Gets credentials for a fleet with a one-time token of fleetblock operator token, and keeps them as a context in the credentials file (mode 0600). The key is made here and never leaves this machine.',
    )
    .argument('<host:port>', 'controller')
    .option('--token-file <file>', 'where the token is (- is stdin); default FLEETBLOCK_LOGIN_TOKEN')
    .option('--name <context>', 'what the context is called (default: the name of the fleet)')
    .option('--replace', 'replace the context of that name');
  addExamples(addOutput(command), 'fleetblock login controller.example.com:7443 --token-file -');
  command.action(async (address: string) => {
    const options = command.optsWithGlobals<LoginOptions>();
    const controller = formatEndpoint(
      parseEndpoint(/:\d+$|\]$/.test(address) ? address : `${address}:${DEFAULT_PORT}`),
    );
    if (options.name !== undefined && !isValidName(options.name))
      throw new FleetblockError('INVALID_ARGUMENT', `${JSON.stringify(options.name)} cannot be the name of a context`);
    // Before the token is spent: a file that cannot be used, or a name that is taken, would waste it.
    const file = await ContextFile.read(cli, options);
    if (options.name !== undefined) assertFree(file, options.name, options.replace ?? false);
    const token = parseLoginToken(await readToken(cli, options.tokenFile));
    const rootCertificate = await fetchPinnedRoot(controller, token.pin, TIMEOUT_MS);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const answer = await exchange(controller, rootCertificate, token, privateKey);
    const name = freeName(file, options, answer.fleet);
    file.add(name, {
      controller,
      fleet: answer.fleet,
      operator: answer.name,
      // The one whose pin was checked, whatever the answer says.
      ca: rootCertificate,
      certificate: answer.certificateChain,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    const expiresAt = jsonTime(answer.expiresAtMs);
    const made = { context: name, fleet: answer.fleet, operator: answer.name, role: answer.role, expiresAt };
    if (options.output === 'json' || options.output === 'yaml')
      await printValue(cli, options.output, { ...made, path: file.path });
    else cli.stdout.write(`logged in to ${answer.fleet} as ${answer.name} (${answer.role}), until ${expiresAt}\n`);
    say(cli, `context ${name} in ${file.path} is the current one`);
  });
}

function assertFree(file: ContextFile, name: string, replace: boolean): void {
  if (file.has(name) && !replace)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${file.path} has a context ${name} already: say --replace, or another --name`,
    );
}

/** The token is spent by now: a name that is taken gives way, and nothing that is there is lost. */
function freeName(file: ContextFile, { name, replace }: LoginOptions, fleet: string): string {
  if (name !== undefined) return name;
  if (replace || !file.has(fleet)) return fleet;
  for (let i = 2; ; i++) if (!file.has(`${fleet}-${i}`)) return `${fleet}-${i}`;
}

async function exchange(controller: string, rootCertificate: string, token: EnrollmentToken, privateKey: KeyObject) {
  const request = {
    tokenId: token.id,
    tokenSecret: Buffer.from(token.secret),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    possession: sign('sha256', Buffer.from(`fleetblock-login:${token.id}`), privateKey),
  };
  const enroll = method('EnrollmentService', 'EnrollOperator');
  for (let tries = 1; ; tries++) {
    try {
      return await callOnce(asStranger(controller, rootCertificate), enroll, request, TIMEOUT_MS);
    } catch (error) {
      const lost = error instanceof FleetblockError && /^(UNAVAILABLE|DEADLINE_EXCEEDED)$/.test(error.code);
      if (!lost || tries === TRIES) throw error;
    }
  }
}

/** Never from argv, where every user of this machine could read it. */
async function readToken(cli: Cli, file: string | undefined): Promise<string> {
  if (file === '-') return await text(cli.stdin);
  if (file === undefined) {
    const given = cli.env.FLEETBLOCK_LOGIN_TOKEN;
    if (given) return given;
    throw new FleetblockError('INVALID_ARGUMENT', 'where is the token? say --token-file FILE (- is stdin)');
  }
  try {
    return readSecretFile(file, 'the token file');
  } catch (error) {
    throw new FleetblockError('INVALID_ARGUMENT', messageOf(error), { cause: error });
  }
}
