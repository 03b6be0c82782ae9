// External dynamic lists, which firewalls fetch by themselves: `/edl/NAME.txt`, and `/edl/NAME.rsc` for MikroTik. docs/integrate/edl.md
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { FleetblockError } from '../../../common/errors.ts';
import type { Revision } from '../../../common/revision.ts';
import { isListName, listOfOrigin, listOrigin } from '../../../common/text/origin.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import type { Bans } from '../../operations/outlets/bans.ts';
import type { Standing } from '../../operations/outlets/standing.ts';
import { bearerKey, type Peer } from '../http/admission.ts';
import type { Door, DoorPlace } from '../http/door.ts';
import { addressText } from './address-text.ts';
import { type ReaderDeps, serveReader } from './readers.ts';
import { routerOs } from './router-os.ts';

/** What the door is built on. */
export interface EdlDeps extends ReaderDeps {
  readonly bans: Bans;
}

/** One list in one form, ready to be sent. */
interface Body {
  readonly revision: Revision;
  /** Of the body as it is. */
  readonly tag: string;
  readonly plain: Buffer;
  gzipped: Promise<Buffer> | undefined;
}

type Form = (name: string, tag: string, prefixes: AsyncIterable<readonly Prefix[]>) => AsyncIterable<string>;

const FORMS: Readonly<Record<string, Form>> = { txt: plainText, rsc: routerOs };
const PATH = /^\/edl\/([^/]+)\.([a-z]+)$/;
/** Every ban, whoever holds it. */
const ALL = 'all';

/** In `Accept-Encoding`; not with `q=0`, which refuses it. */
const GZIP = /(^|,)\s*gzip\s*(;\s*q=(1(\.0*)?|0\.\d*[1-9]\d*)\s*)?(,|$)/i;

/** Bodies are kept until what they say changes. */
export class EdlDoor implements Door {
  readonly #deps: EdlDeps;
  readonly #bodies = new Map<string, Promise<Body>>();

  constructor(deps: EdlDeps) {
    this.#deps = deps;
  }

  /** How many bodies are kept. */
  get kept(): number {
    return this.#bodies.size;
  }

  at(path: string): DoorPlace | undefined {
    const [, name = '', form = ''] = PATH.exec(path) ?? [];
    const write = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!write || !isListName(listOfOrigin(name) ?? name)) return undefined;
    return {
      methods: ['GET', 'HEAD'],
      serve: (request: IncomingMessage, response: ServerResponse, peer: Peer) =>
        serveReader(this.#deps, request, response, peer, {
          key: basicKey(request) ?? bearerKey(request),
          denied: { status: 401, headers: { 'www-authenticate': 'Basic realm="fleetblock"' } },
          answer: async () => send(request, response, await this.#body(name, path, write)),
        }),
    };
  }

  /** One is made at a time for each path. */
  async #body(name: string, path: string, write: Form): Promise<Body> {
    const known = await this.#bodies.get(path)?.catch(() => undefined);
    if (known && (await this.#deps.bans.unchanged(known.revision))) return known;
    const before = this.#bodies.get(path);
    // Another request saw the same, and has begun.
    const newer = before && (await before.catch(() => undefined));
    if (newer && newer !== known) return newer;
    const making = this.#make(name, write);
    this.#bodies.set(path, making);
    making.catch(() => this.#bodies.delete(path));
    return making;
  }

  /** Of lists that are gone. */
  #forget(standing: Standing): void {
    for (const path of this.#bodies.keys())
      if (!isThere(PATH.exec(path)?.[1] ?? '', standing)) this.#bodies.delete(path);
  }

  async #make(name: string, write: Form): Promise<Body> {
    const { bans } = this.#deps;
    const standing = await bans.standing();
    this.#forget(standing);
    const origin = originOf(name);
    if (!isThere(name, standing))
      throw new FleetblockError('NOT_FOUND', `no list ${name} blocks on all hosts: see fleetblock lists`);
    const prefixes = prefixesOf(bans.whole(standing, (each) => name === ALL || each === origin));
    const hash = createHash('sha256');
    const pieces: Buffer[] = [];
    for await (const text of write(name, `r${standing.revision}`, prefixes)) {
      const piece = Buffer.from(text);
      hash.update(piece);
      pieces.push(piece);
    }
    const tag = hash.digest('base64url').slice(0, 22);
    return { revision: standing.revision, tag, plain: Buffer.concat(pieces), gzipped: undefined };
  }
}

function isThere(name: string, { origins }: Standing): boolean {
  return name === ALL || origins.has(originOf(name));
}

/** `list:all` is the list of that name. */
function originOf(name: string): string {
  return listOrigin(listOfOrigin(name) ?? name);
}

async function* prefixesOf(bans: ReturnType<Bans['whole']>): AsyncGenerator<readonly Prefix[]> {
  for await (const batch of bans) yield batch.map(({ prefix }) => prefix);
}

/** One per line, single addresses without a length. */
async function* plainText(
  _name: string,
  _tag: string,
  prefixes: AsyncIterable<readonly Prefix[]>,
): AsyncGenerator<string> {
  for await (const batch of prefixes) yield batch.map((prefix) => `${addressText(prefix)}\n`).join('');
}

async function send(request: IncomingMessage, response: ServerResponse, body: Body): Promise<void> {
  const { headers, method } = request;
  const zipped = GZIP.test(headers['accept-encoding']?.toString() ?? '');
  const [plainTag, zippedTag] = [`"${body.tag}"`, `"${body.tag}-gzip"`];
  const common = { etag: zipped ? zippedTag : plainTag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' };
  const known = (headers['if-none-match'] ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  if (known.some((tag) => tag === plainTag || tag === zippedTag || tag === '*')) {
    response.writeHead(304, common).end();
    return;
  }
  const bytes = zipped ? await gzipped(body) : body.plain;
  response.writeHead(200, {
    ...common,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    ...(zipped && { 'content-encoding': 'gzip' }),
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** Made once; what failed is tried again. */
function gzipped(body: Body): Promise<Buffer> {
  body.gzipped ??= promisify(gzip)(body.plain).catch((error: unknown) => {
    body.gzipped = undefined;
    throw error;
  });
  return body.gzipped;
}

/** The password of HTTP's Basic: firewalls can say nothing else. Undefined: another scheme. */
function basicKey({ headers }: IncomingMessage): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
