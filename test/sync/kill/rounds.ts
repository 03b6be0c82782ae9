// Controllers that are killed one after the other over the same store and the same hosts: starts one, checks that nothing that was
// answered is lost and nothing is half there, brings the hosts in step, lets writers write, and kills it at a step or at a moment.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import type { FailpointName } from '../../../common/failpoint.ts';
import { FakeHost, type HubLike, type SessionLike } from '../hub/fake-host.ts';
import { Frames, type FromController, type ToController } from './frames.ts';
import { type Random, Writer } from './writers.ts';

const HOSTS = ['h0', 'h1', 'h2', 'h3'];
const WRITERS = 6;
/** A controller that does not end within this many seconds is a failure, counting those in which this process runs itself. */
const PATIENCE_S = 600;

/** One file (and the store's thread), so that a start is mostly SQLite's. @returns where it is */
export async function bundleController(directory: string): Promise<string> {
  const thread = '../../../controller/store/sqlite/file/checkpoint-thread.ts';
  // As deep below its package.json, which it asks for the version, as what is published.
  const bin = join(directory, 'dist/controller');
  await bundle('controller.ts', join(bin, 'controller.cjs'));
  await bundle(thread, join(bin, 'checkpoint-thread.js'));
  await writeFile(join(directory, 'package.json'), '{ "version": "0.0.0" }');
  return join(bin, 'controller.cjs');
}

async function bundle(source: string, file: string): Promise<void> {
  const made = await rolldown({ input: join(import.meta.dirname, source), platform: 'node', logLevel: 'silent' });
  await made.write({ file, format: 'cjs', minify: true });
  await made.close();
}

export interface Kill {
  /** Dies there, at the Nth passage; undefined: at some moment. */
  readonly point?: FailpointName;
  readonly passage?: number;
  /** Milliseconds of writing until it is killed in any case; with `answers`, from the last of them. */
  readonly afterMs: number;
  /** Changes that are answered before the time begins: on a busy machine, too, a kill meets writers in the middle of their work. */
  readonly answers?: number;
  /** Is told to stop rather than killed, so that it comes by the steps of a stop. */
  readonly stop?: boolean;
}

export class Rounds {
  readonly #program: string;
  readonly #store: string;
  readonly #random: Random;
  readonly #writers: Writer[];
  readonly #hosts: FakeHost[];
  /** The highest revision that an answer named. */
  #answered = 0n;
  #frames: Frames<FromController, ToController> | undefined;
  answers = 0;
  #onAnswer = () => {};
  /** Steps at which a controller has died, and how often. */
  readonly died = new Map<string, number>();

  /** `program`: of bundleController. */
  constructor(program: string, store: string, random: Random) {
    this.#program = program;
    this.#store = store;
    this.#random = random;
    this.#writers = Array.from({ length: WRITERS }, (_, i) => new Writer(i, random));
    this.#hosts = HOSTS.map((id) => new FakeHost(id, this.#hubOf(id), () => 0));
  }

  /** @returns true when it died at the step. @throws Error: a guarantee is broken */
  async run(kill: Kill): Promise<boolean> {
    const { point, passage = 1 } = kill;
    const child = spawn(process.execPath, [this.#program, this.#store], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      env: {
        ...process.env,
        FLEETBLOCK_FAILPOINTS: point ? `${point}=kill@${passage}` : '',
        NODE_COMPILE_CACHE: join(dirname(this.#program), 'cache'),
      },
    });
    const socket = child.stdio[3];
    if (!(socket instanceof Socket)) throw new Error('no socket to the controller');
    const waiting = new Map<number, (frame: FromController | undefined) => void>();
    const gone = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
        for (const answer of waiting.values()) answer(undefined);
        ready.resolve(undefined);
      });
    });
    const ready = Promise.withResolvers<Extract<FromController, { kind: 'ready' }> | undefined>();
    const frames = new Frames<FromController, ToController>(socket, (frame) => {
      if (frame.kind === 'ready') ready.resolve(frame);
      else if (frame.kind === 'message' || frame.kind === 'end') this.#toHost(frame);
      else waiting.get(frame.id)?.(frame);
    });
    this.#frames = frames;
    let id = 0;
    const ask = (frame: (id: number) => ToController) =>
      new Promise<FromController | undefined>((resolve) => {
        const mine = id++;
        if (child.exitCode !== null || child.signalCode !== null) resolve(undefined);
        else {
          waiting.set(mine, (answer) => {
            waiting.delete(mine);
            resolve(answer);
          });
          frames.send(frame(mine));
        }
      });
    let seconds = 0;
    const impatient = setInterval(() => {
      if (++seconds > PATIENCE_S) child.kill('SIGABRT');
    }, 1000);
    let killedByUs = false;
    try {
      const started = await ready.promise;
      if (started) {
        this.#check(started);
        this.#connect();
        if (await this.#settle(await ask((mine) => ({ kind: 'settle', id: mine })))) {
          const writing = this.#write(ask);
          const enough = this.#answersReached(this.answers + (kill.answers ?? 0));
          await Promise.race([gone, enough.then(() => sleep(kill.afterMs))]);
          if (kill.stop) frames.send({ kind: 'stop' });
          else if (child.exitCode === null && child.signalCode === null) killedByUs = child.kill('SIGKILL');
          await writing;
        }
      }
      const { code, signal } = await gone;
      if (signal !== 'SIGKILL' && !(kill.stop && code === 0))
        throw new Error(`the controller ended by itself: exit code ${code}, ${signal}`);
      const atPoint = signal === 'SIGKILL' && !killedByUs;
      const where = atPoint ? (point ?? '?') : 'some moment';
      this.died.set(where, (this.died.get(where) ?? 0) + 1);
      return atPoint;
    } finally {
      clearInterval(impatient);
      child.kill('SIGKILL');
      await gone;
      socket.destroy();
      this.#frames = undefined;
      for (const host of this.#hosts) host.disconnect();
    }
  }

  #check({ head, state }: { readonly head: bigint; readonly state: ReadonlyMap<string, string> }): void {
    if (head < this.#answered) throw new Error(`revision ${this.#answered} was answered, the store ends at ${head}`);
    for (const writer of this.#writers) writer.check(state);
  }

  #connect(): void {
    for (const host of this.#hosts) {
      // Some have lost what they held, and need a snapshot.
      if (this.#random() < 0.15) host.forget();
      host.connect();
    }
  }

  /** @returns false when the controller died meanwhile */
  async #settle(frame: FromController | undefined): Promise<boolean> {
    if (frame?.kind !== 'settled') return false;
    if (frame.unsettled !== '') throw new Error(`hosts do not catch up: ${frame.unsettled}`);
    for (const host of this.#hosts) {
      const holds = Buffer.from(host.table.digest()).toString('hex');
      if (holds !== frame.digests.get(host.id)) throw new Error(`${host.id} holds something else than its view`);
    }
    return true;
  }

  /** Resolves when the controller is gone. */
  async #write(ask: (frame: (id: number) => ToController) => Promise<FromController | undefined>): Promise<void> {
    const write = async (writer: Writer) => {
      for (;;) {
        const change = writer.next();
        const waitMs = this.#random() < 0.5 ? 1000 : undefined;
        const frame = await ask((id) => ({ kind: 'change', id, change, waitMs }));
        if (frame === undefined) return;
        if (frame.kind === 'answer') {
          writer.done();
          this.answers++;
          this.#onAnswer();
          if (frame.revision > this.#answered) this.#answered = frame.revision;
        } else if (frame.kind === 'refused') {
          // A stop refuses what it has not begun.
          if (!/stopping/.test(frame.text)) throw new Error(`refused: ${frame.text}`);
          writer.refused();
        }
      }
    };
    await Promise.all(this.#writers.map(write));
  }

  #answersReached(wanted: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswer = () => {
        if (this.answers >= wanted) resolve();
      };
      this.#onAnswer();
    });
  }

  #toHost(frame: Extract<FromController, { kind: 'message' | 'end' }>): void {
    const host = this.#hosts.find((each) => each.id === frame.host);
    if (frame.kind === 'message') host?.write(Buffer.from(frame.bytes));
    // A stop ends the streams.
    else if (!/stopping/.test(frame.text)) throw new Error(`the stream of ${frame.host} was ended: ${frame.text}`);
  }

  /** The hub of whatever controller runs now. */
  #hubOf(host: string): HubLike {
    const send = (frame: ToController) => this.#frames?.send(frame);
    const session: SessionLike = {
      heard: () => {},
      onAck: (ack) => send({ kind: 'ack', host, ack }),
      onNack: (nack) => send({ kind: 'nack', host, nack }),
      onStatus: () => {},
      onKeyKept: () => {},
      onReady: () => {},
      questions: { onPong: (nonce) => send({ kind: 'pong', host, nonce }) },
    };
    return {
      connect: (_, hello, __, welcomed) => {
        send({ kind: 'hello', host, hello });
        welcomed(session);
      },
      disconnect: () => send({ kind: 'gone', host }),
    };
  }
}
