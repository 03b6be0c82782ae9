// Every request message, fuzzed over TLS against a controller process: well-formed protobuf of any content, good requests with
// bytes changed, and junk. It must live, answer, keep its memory flat and never call its own failure unexpected. And the parser
// of prefixes, which reads what people and lists write.
//
// 30 s here; FLEETBLOCK_FUZZ_SECONDS=600 for a long run. FLEETBLOCK_FUZZ_SEED repeats one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Metadata, type MethodDefinition, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinFleet } from '../../../agent/identity/enrollment.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { formatPrefix, maskAddress, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { parseToken } from '../../../common/text/token.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import { patience } from '../../../lab/patience.ts';
import { ControllerProcess } from './process.ts';

type AnyMethod = MethodDefinition<object, object>;

const SECONDS = Number(process.env.FLEETBLOCK_FUZZ_SECONDS ?? 30);
const SEED = Number(process.env.FLEETBLOCK_FUZZ_SEED ?? Date.now() % 2 ** 31);
const BATCH = 40;

let controller: ControllerProcess;
let agent: ClientIdentity;
let scratch: string;

beforeAll(async () => {
  controller = await ControllerProcess.start();
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-fuzz-'));
  const token = parseToken(await createToken());
  const enrollment = await joinFleet({
    controller: controller.address,
    token,
    stateDir: scratch,
    name: 'fuzzed',
    labels: {},
    agentVersion: '0',
  });
  agent = enrollment.identity;
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  expect(await controller.stop()).toBe(0);
});

function createToken(): Promise<string> {
  const client = new protocol.OperatorService(
    controller.address,
    clientCredentials(controller.admin),
    channelOptions(CONTROLLER_NAME),
  );
  return new Promise((resolve, reject) => {
    client.CreateToken({}, { deadline: Date.now() + 5000 }, (error, reply) => {
      client.close();
      if (reply) resolve(reply.token);
      else reject(error ?? new Error('no reply'));
    });
  });
}

// Protobuf as bytes: fields of any number up to what the messages use and of any wire type, with contents that mean something
// here and there.
const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
const telling = fc.constantFrom(
  ...[
    '203.0.113.7',
    '203.0.113.0/24',
    '10.0.0.5/8',
    '::ffff:1.2.3.4',
    '0.0.0.0/0',
    'fuzzed',
    'manual',
    'list:x',
    'x',
    'admin',
  ],
  ...[
    'env=prod,role!=db',
    '1d',
    '../../..',
    '\0',
    'a'.repeat(5000),
    '%s%n',
    "'; DROP TABLE claim; --",
    '\u{1f600}',
    'viewer',
    '__proto__',
  ],
);
const bytesOf = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.oneof(telling, fc.string()).map((text) => new Uint8Array(Buffer.from(text))),
);
const { message } = fc.letrec<{ message: Uint8Array; field: number[] }>((tie) => ({
  message: fc.array(tie('field'), { maxLength: 8 }).map((fields) => Uint8Array.from(fields.flat())),
  field: fc
    .tuple(fc.integer({ min: 1, max: 16 }), fc.oneof({ depthSize: 'small' }, scalars(), nested(tie('message'))))
    .map(([number, { type, content }]) => [...varint(BigInt((number << 3) | type)), ...content]),
}));

function scalars() {
  const number = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 3n }));
  return fc.oneof(
    number.map((value) => ({ type: 0, content: varint(value) })),
    bytesOf.map((bytes) => ({ type: 2, content: [...varint(BigInt(bytes.length)), ...bytes] })),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => ({ type: 1, content: [...bytes] })),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => ({ type: 5, content: [...bytes] })),
  );
}

function nested(inner: fc.Arbitrary<Uint8Array>) {
  return inner.map((bytes) => ({ type: 2, content: [...varint(BigInt(bytes.length)), ...bytes] }));
}

/** Requests that are understood, as the start for ones that nearly are. */
const PUBLIC_KEY = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const GOOD: Readonly<Record<string, readonly object[]>> = {
  Block: [
    { prefixes: ['203.0.113.0/24', '2001:db8::/48'], target: { allHosts: true }, ttlMs: 60_000, reason: 'fuzz' },
    { prefixes: ['64.0.0.0/7'], target: { hosts: { names: ['fuzzed'] } }, force: true, wait: { timeoutMs: 5 } },
    { prefixes: ['198.51.100.1'], target: { labels: 'env=prod' }, confirmMs: 1000, origin: 'feed:x', monitor: false },
  ],
  Unblock: [{ prefixes: ['203.0.113.0/24'], target: { allHosts: true }, origin: 'manual' }],
  Confirm: [{ id: 'k7m2pq', reason: 'fuzz', wait: { timeoutMs: 5 } }],
  ListEntryChunks: [{ origin: 'manual', host: 'fuzzed', expired: true }],
  CreateToken: [{ ttlMs: 60_000, maxUses: 3, labels: { env: 'prod' }, hostName: 'fuzzed', keepIdentity: true }],
  ImportList: [
    { begin: { list: 'x', target: { allHosts: true }, reason: 'fuzz' } },
    { rows: { v4Addresses: Buffer.from([203, 0, 113, 0]), v4Lengths: Buffer.from([24]), v4Flags: Buffer.from([0]) } },
  ],
  CheckPrefix: [{ address: '203.0.113.7', host: 'fuzzed', timeoutMs: 5 }],
  LabelHost: [{ name: 'fuzzed', set: { env: 'prod' }, remove: ['role'] }],
  ResyncHosts: [{ target: { allHosts: true } }],
  WatchEvents: [{ afterSequence: 1, last: 5, host: 'fuzzed' }],
  ListAudit: [{ actor: 'admin/admin', verb: 'block', prefix: '203.0.113.0/24', host: 'fuzzed', last: 5 }],
  Sync: [
    { hello: { protocol: 1, bootId: 'x', storeEpoch: 'y', revision: 1, digest: Buffer.alloc(16), capacity: 1000 } },
    { ack: { storeEpoch: 'y', revision: 1, digest: Buffer.alloc(16), entries: 1 } },
    {
      status: { revision: 1, counters: { droppedPackets: 1 }, topSources: [{ address: Buffer.alloc(4), packets: 1 }] },
    },
  ],
  Enroll: [
    {
      tokenId: 'aaaaaaaaaaaa',
      tokenSecret: Buffer.alloc(32),
      hostName: 'x',
      publicKey: Buffer.concat([PUBLIC_KEY, Buffer.alloc(65, 4)]),
      possession: Buffer.alloc(70),
    },
  ],
  EnrollOperator: [
    { tokenId: 'aaaaaaaaaaaa', tokenSecret: Buffer.alloc(32), publicKey: PUBLIC_KEY, possession: Buffer.alloc(70) },
  ],
  CreateOperator: [{ name: 'x', role: 'viewer', publicKey: PUBLIC_KEY, possession: Buffer.alloc(70) }],
  CreateOperatorToken: [{ name: 'x', role: 'viewer', ttlMs: 86_400_000, tokenTtlMs: 60_000 }],
  RenewCertificate: [{ publicKey: PUBLIC_KEY, possession: Buffer.alloc(70) }],
};

/** Some bytes of a good request are others, missing, or there twice. */
function mutated({ path, requestSerialize }: AnyMethod): fc.Arbitrary<Uint8Array> {
  const good = (GOOD[path.slice(path.lastIndexOf('/') + 1)] ?? [{}]).map((each) => requestSerialize(each));
  const change = fc.tuple(fc.nat(), fc.constantFrom('set', 'flip', 'drop', 'double', 'none'), fc.nat(255));
  return fc.tuple(fc.constantFrom(...good), fc.array(change, { maxLength: 4 })).map(([bytes, changes]) => {
    const found = [...bytes];
    for (const [where, how, byte] of changes) {
      const at = found.length === 0 ? 0 : where % found.length;
      if (how === 'set') found[at] = byte;
      else if (how === 'flip') found[at] = (found[at] ?? 0) ^ (1 << (byte & 7));
      else if (how === 'drop') found.splice(at, 1 + (byte & 3));
      else if (how === 'double') found.splice(at, 0, ...found.slice(at, at + 1 + (byte & 15)));
    }
    return Uint8Array.from(found);
  });
}

const anything = fc.oneof(
  { weight: 6, arbitrary: message },
  { weight: 1, arbitrary: fc.tuple(message, fc.nat(200)).map(([bytes, cut]) => bytes.subarray(0, cut)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
);

const METHODS = Object.values(protocol).flatMap((entry) =>
  'service' in entry ? Object.values<AnyMethod>(entry.service) : [],
);

function clientFor(path: string): Client {
  const enrollment = path.includes('EnrollmentService');
  const forAgent = path.includes('AgentService') || path.endsWith('RenewCertificate');
  const identity = forAgent ? agent : controller.admin;
  return new Client(
    controller.address,
    clientCredentials(identity),
    channelOptions(enrollment ? ENROLLMENT_NAME : CONTROLLER_NAME),
  );
}

/** Sends the messages as they are, whatever the method would encode. @returns the status */
function call(client: Client, { path, responseStream }: AnyMethod, messages: readonly Uint8Array[]): Promise<string> {
  const identity = (bytes: Buffer) => bytes;
  const stream = client.makeBidiStreamRequest(path, identity, identity, new Metadata(), {
    // A stream that was opened goes on until then.
    deadline: Date.now() + (responseStream ? 500 : 3000),
  });
  stream.on('error', () => undefined);
  stream.resume();
  const ended = new Promise<string>((resolve) => stream.on('status', ({ code }) => resolve(status[code])));
  for (const bytes of messages) stream.write(Buffer.from(bytes));
  stream.end();
  return ended;
}

/** What the log calls a failure of the controller's own, each kind once. */
function unexpectedErrors(): string[] {
  const lines = controller.log.split('\n').filter((line) => /"level":(50|60)/.test(line));
  return [...new Set(lines.map((line) => line.replace(/"time":"[^"]*",/, '').replace(/"pid":[0-9]+,/, '')))].slice(
    0,
    5,
  );
}

/** At most `most` of them, evenly spread, the last one too. */
function every(values: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return values.filter((_, i) => i % step === 0 || i === values.length - 1);
}

it(
  'faults rows 16, 17, 19: any text is a canonical prefix or refused in words',
  () => {
    const piece = fc.constantFrom(
      '.',
      ':',
      '/',
      '::',
      '%',
      '0',
      '00',
      '1',
      '255',
      '256',
      'ffff',
      'g',
      ' ',
      '-1',
      '32',
      '33',
      '129',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
      fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) => `${address}/${length}`),
      fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, length]) => `${address}/${length}`),
      fc.tuple(fc.ipV4(), fc.nat(140)).map(([address, length]) => `::ffff:${address}/${length}`),
    );
    fc.assert(
      fc.property(text, (typed) => {
        let prefix: Prefix;
        try {
          prefix = parsePrefix(typed);
        } catch (error) {
          expect(error).toBeInstanceOf(FleetblockError);
          expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
          return;
        }
        const canonical = formatPrefix(prefix);
        expect(maskAddress(prefix.address, prefix.length)).toEqual(prefix.address);
        expect(parsePrefix(canonical)).toEqual(prefix);
      }),
      { interruptAfterTimeLimit: SECONDS * 100, markInterruptAsFailure: false, numRuns: 1e9, seed: SEED },
    );
  },
  SECONDS * 100 + 30_000,
);

it(
  `faults row 37: any request of any method, ${SECONDS} s`,
  async () => {
    const clients = new Map(METHODS.map(({ path }) => [path, clientFor(path)]));
    const seen = new Map<string, number>();
    const end = Date.now() + SECONDS * 1000;
    let calls = 0;
    let warm = 0;
    const memory: number[] = [];
    // Every method is called, however slow the machine; more rounds as time allows.
    for (let round = 0; round === 0 || Date.now() < end; round++) {
      for (const method of METHODS) {
        const request = fc.oneof(anything, mutated(method));
        // More than one message only where a stream is taken: elsewhere the second would be all that is answered.
        const messages = fc.array(request, { minLength: 1, maxLength: method.requestStream ? 4 : 1 });
        const batch = fc.sample(messages, { numRuns: BATCH, seed: SEED + round });
        const client = clients.get(method.path);
        if (!client) throw new Error('no client');
        const codes = await Promise.all(batch.map((messages) => call(client, method, messages)));
        for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1);
        calls += codes.length;
        expect(controller.alive, `seed ${SEED}, round ${round}, ${method.path}:\n${controller.log.slice(-2000)}`).toBe(
          true,
        );
        if (round > 0 && Date.now() > end) break;
      }
      // The store and the caches have their size after the first rounds; from then on memory must not grow.
      if (round === 2) warm = controller.memory();
      memory.push(Math.round(controller.memory() / 1e6));
    }
    for (const client of clients.values()) client.close();
    console.log(
      `${calls} calls, seed ${SEED}:`,
      Object.fromEntries(seen),
      `memory after each of ${memory.length} rounds, MB: ${every(memory, 20).join(' ')}`,
    );
    expect(await createToken()).toMatch(/^fbt1\./);
    if (warm > 0) expect(controller.memory() - warm).toBeLessThan(150_000_000);
    expect(unexpectedErrors()).toEqual([]);
  },
  patience(SECONDS * 1000 + 60_000),
);
