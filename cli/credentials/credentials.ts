// The credentials file that `fleetblock-controller init` writes: which controller, and the operator's certificate and key.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { readSecretFile } from '../../common/files.ts';
import { formatEndpoint, parseEndpoint } from '../../common/text/endpoint.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { parseSimpleYaml } from './simple-yaml.ts';

/** One context of the file, checked, with --controller or FLEETBLOCK_CONTROLLER in place of its address when given. */
export interface Credentials {
  /** Where they were read, for error texts. */
  readonly path: string;
  /** The name of the context there. */
  readonly context: string;
  /** HOST:PORT, IPv6 in brackets. */
  readonly controller: string;
  /** PEM texts. */
  readonly rootCertificate: string;
  readonly certificateChain: string;
  readonly privateKey: string;
}

/** Of an address without one. */
export const DEFAULT_PORT = 7443;

/**
 * Flags, then FLEETBLOCK_CONFIG, FLEETBLOCK_CONTEXT and FLEETBLOCK_CONTROLLER, then ~/.config/fleetblock/config.yaml.
 * @throws FleetblockError INVALID_ARGUMENT: no file, one that others may read, or one that does not have what is needed.
 */
export async function loadCredentials(cli: Cli, options: GlobalOptions): Promise<Credentials> {
  const path = credentialsPath(cli, options);
  const file = await readCredentialsFile(path);
  if (!file)
    throw bad(
      `no credentials: ${path} does not exist; copy operators/admin.yaml there from the data directory of fleetblock-controller, get some with fleetblock login, or name a file with --config`,
    );
  const wanted = options.context ?? (cli.env.FLEETBLOCK_CONTEXT || undefined);
  const { name, context } = chooseContext(file, wanted, path);
  const pem = (key: string): string => {
    const value = context[key];
    if (typeof value === 'string' && value.includes('-----BEGIN ')) return value;
    throw bad(`${path} has no ${key} in PEM form: copy it again from the controller, or get new credentials`);
  };
  const address = options.controller ?? (cli.env.FLEETBLOCK_CONTROLLER || context.controller);
  if (typeof address !== 'string') throw bad(`${path} names no controller: add it, or say --controller HOST:PORT`);
  return {
    path,
    context: name,
    controller: formatEndpoint(parseEndpoint(/:\d+$|\]$/.test(address) ? address : `${address}:${DEFAULT_PORT}`)),
    rootCertificate: pem('ca'),
    certificateChain: pem('certificate'),
    privateKey: pem('key'),
  };
}

/** Where credentials are read from and written to. */
export function credentialsPath(cli: Cli, { config }: GlobalOptions): string {
  if (config !== undefined || cli.env.FLEETBLOCK_CONFIG) return config ?? cli.env.FLEETBLOCK_CONFIG ?? '';
  const base = cli.env.XDG_CONFIG_HOME || join(cli.env.HOME || homedir(), '.config');
  return join(base, 'fleetblock', 'config.yaml');
}

/** Undefined when there is none. @throws FleetblockError INVALID_ARGUMENT: one that others may read, or no YAML mapping */
export async function readCredentialsFile(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = readSecretFile(path, 'the credentials file');
  } catch (error) {
    if (error instanceof FleetblockError && error.code === 'NOT_FOUND') return undefined;
    // Local trouble, not a refusal by the controller.
    throw bad(messageOf(error));
  }
  return await parseFile(text, path);
}

async function parseFile(text: string, path: string): Promise<Record<string, unknown>> {
  const simple = parseSimpleYaml(text);
  if (simple) return simple;
  const { parse } = await import('yaml');
  try {
    const document: unknown = parse(text);
    if (isMapping(document)) return document;
  } catch (error) {
    // Only the first line: the rest shows a piece of the file, which holds a key.
    throw bad(`${path} is not YAML: ${messageOf(error).split('\n')[0]?.replace(/:$/, '')}`);
  }
  throw bad(`${path} is not a credentials file: it must be a YAML mapping with contexts`);
}

function chooseContext(
  file: Record<string, unknown>,
  wanted: string | undefined,
  path: string,
): { name: string; context: Record<string, unknown> } {
  const { contexts, currentContext } = file;
  if (!isMapping(contexts)) throw bad(`${path} is not a credentials file: it has no contexts`);
  const names = Object.keys(contexts);
  if (names.length === 0)
    throw bad(`${path} has no contexts: get one with fleetblock login, or name another file with --config`);
  const name =
    wanted ?? (typeof currentContext === 'string' ? currentContext : names.length === 1 ? names[0] : undefined);
  if (name === undefined)
    throw bad(`${path} has several contexts (${names.join(', ')}) and no currentContext: choose one with --context`);
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (!isMapping(context)) throw bad(`${path} has no context ${name}: it has ${names.join(', ') || 'none'}`);
  return { name, context };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
