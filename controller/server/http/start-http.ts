// Puts the HTTP port together: services, certificate, OpenAPI document.
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { readSecretFile } from '../../../common/files.ts';
import type { Endpoint } from '../../../common/text/endpoint.ts';
import type { Authorizer } from '../../identity/auth/authorizer.ts';
import type { ServerCertificate } from '../../identity/server-identity.ts';
import { HttpAdmission } from './admission.ts';
import type { Door } from './door.ts';
import { HttpCalls, type HttpCallsOptions } from './http-calls.ts';
import { HttpServer, type HttpServerOptions } from './http-server.ts';
import { openApi } from './openapi.ts';

/** Where HTTP is served, and with which certificate. */
export interface HttpSettings {
  readonly listen: Endpoint;
  /** Files of a certificate with its chain, and of its key, PEM. Undefined: the controller's own. */
  readonly files: { readonly certificate: string; readonly key: string } | undefined;
  /** Without TLS, on a loopback address. */
  readonly plain: boolean;
}

/** `identity` is the controller's own: its root is what clients' certificates must lead to, whatever certificate is shown to them. */
export interface HttpOptions
  extends Omit<HttpCallsOptions, 'admission'>,
    Pick<HttpServerOptions, 'onRefused' | 'limits'> {
  readonly settings: HttpSettings;
  readonly authorizer: Pick<Authorizer, 'authorize' | 'watch'>;
  /** Default: none. */
  readonly doors?: (admission: HttpAdmission) => Promise<readonly Door[]>;
  readonly identity: ServerCertificate;
}

/** `listening` has the real port when port 0 was asked for. */
export interface RunningHttp {
  readonly listening: Endpoint;
  readonly connections: () => number;
  /** The controller's own certificate was renewed; files are read again. */
  readonly useIdentity: (identity: ServerCertificate) => void;
  readonly close: (graceMs: number) => Promise<void>;
}

/** How often the files of a certificate are read again, milliseconds. */
const READ_AGAIN_MS = 60_000;

/** @throws FleetblockError FAILED_PRECONDITION, INVALID_ARGUMENT: whose text names the option */
export async function startHttp({ settings, identity, ...options }: HttpOptions): Promise<RunningHttp> {
  const { listen, files, plain } = settings;
  const { log } = options;
  const admission = new HttpAdmission(options.authorizer);
  const calls = new HttpCalls({ ...options, admission });
  let own = identity;
  let document: Buffer | undefined;
  const server = new HttpServer({
    ...options,
    calls,
    doors: (await options.doors?.(admission)) ?? [],
    identity: plain ? undefined : shown(settings, identity),
    openapi: () => {
      document ??= Buffer.from(JSON.stringify(openApi(options.services, calls.paths)));
      return document;
    },
  });
  const listening = await server.listen(listen);
  let before = files && contents(files);
  const reading = setInterval(() => {
    try {
      const now = files && contents(files);
      if (now === before) return;
      server.useIdentity(shown(settings, own));
      before = now;
      log.info({ file: files?.certificate }, 'HTTP has a new certificate');
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the certificate of HTTP could not be read again: the former one stays');
    }
  }, READ_AGAIN_MS).unref();
  return {
    listening,
    connections: () => server.connections,
    useIdentity: (renewed) => {
      own = renewed;
      if (!plain && !files) server.useIdentity(renewed);
    },
    close: async (graceMs) => {
      clearInterval(reading);
      await server.close(graceMs);
    },
  };
}

function shown({ files }: HttpSettings, own: ServerCertificate): ServerCertificate {
  if (!files) return own;
  const { chain, privateKey } = read(files);
  try {
    createSecureContext({ cert: chain, key: privateKey });
  } catch (error) {
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${files.certificate} and ${files.key} are no certificate with its key, PEM both: ${messageOf(error)}`,
    );
  }
  return { ...own, chain, privateKey };
}

function contents(files: NonNullable<HttpSettings['files']>): string {
  const { chain, privateKey } = read(files);
  return chain + privateKey;
}

function read({ certificate, key }: NonNullable<HttpSettings['files']>): { chain: string; privateKey: string } {
  const privateKey = readSecretFile(key, 'the private key of --http-key');
  try {
    return { chain: readFileSync(certificate, 'utf8'), privateKey };
  } catch (error) {
    throw new FleetblockError('FAILED_PRECONDITION', `cannot read the certificate of --http-cert: ${messageOf(error)}`);
  }
}
