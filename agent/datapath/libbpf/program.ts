// A loaded XDP program by its file descriptor: facts, test runs, pins.
import koffi from 'koffi';
import { KernelError } from '../kernel-map.ts';
import { check } from './errno.ts';
import { type ProgramInfo, programInfo } from './info.ts';
import { library, type OffLoop, offLoop } from './library.ts';

/** Input of a test run. Sizes are bytes. */
export interface TestRun {
  /** The packet, from its Ethernet header on: at least 14 bytes. */
  readonly data: Uint8Array;
  /** How many times; 1 by default. The duration is the mean over all. */
  readonly repeat?: number;
  /** struct xdp_md, when the program should see an interface or metadata. */
  readonly context?: Uint8Array;
  /** Real frames in the kernel: XDP_TX, XDP_REDIRECT and XDP_PASS really send them (Linux 5.18). No data comes back. */
  readonly liveFrames?: boolean;
  /** Frames at a time with `liveFrames`, at most 256; 64 by default. */
  readonly batchSize?: number;
}

/** What BPF_PROG_TEST_RUN returned. */
export interface TestResult {
  /** The program's return value: XDP_DROP is 1, XDP_PASS 2. */
  readonly verdict: number;
  /** Mean nanoseconds per run. */
  readonly nanoseconds: number;
  /** The packet as the program left it. */
  readonly data: Uint8Array;
}

const BPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1;
/** Room that the kernel may need beyond the input: programs can grow a packet. */
const GROWTH = 256;

// struct bpf_test_run_opts of bpf/bpf.h.
const testRunOptions = koffi.struct({
  sz: 'size_t',
  data_in: 'void *',
  data_out: 'void *',
  data_size_in: 'uint32_t',
  data_size_out: 'uint32_t',
  ctx_in: 'void *',
  ctx_out: 'void *',
  ctx_size_in: 'uint32_t',
  ctx_size_out: 'uint32_t',
  retval: 'uint32_t',
  repeat: 'int',
  duration: 'uint32_t',
  flags: 'uint32_t',
  cpu: 'uint32_t',
  batch_size: 'uint32_t',
});

interface TestRunOptions {
  data_size_out: number;
  retval: number;
  duration: number;
}

type TestRunCall = OffLoop<[fd: number, options: TestRunOptions]>;

let testRunCall: TestRunCall | undefined;

function bpfProgTestRun(): TestRunCall {
  if (testRunCall) return testRunCall;
  const declared: TestRunCall = library().libbpf.func('bpf_prog_test_run_opts', 'int', [
    'int',
    koffi.inout(koffi.pointer(testRunOptions)),
  ]);
  testRunCall = declared;
  return declared;
}

/** Holds the program by one descriptor; a link or pin keeps the program in the kernel beyond it. */
export class XdpProgram {
  readonly name: string;
  readonly info: ProgramInfo;
  #fd: number;

  /** Owns the file descriptor: `close()` it. */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.name = name;
    this.info = programInfo(fd);
  }

  /** @throws KernelError EBADF after close() */
  get fd(): number {
    if (this.#fd < 0) throw new KernelError('EBADF', `program ${this.name} is closed`);
    return this.#fd;
  }

  /** Runs the program on one packet, in this thread. @throws KernelError */
  testRun(run: TestRun): TestResult {
    const { options, out } = prepare(run);
    check(bpfProgTestRun()(this.fd, options), `cannot run ${this.name}`);
    return finish(options, out);
  }

  /** The same in a worker thread: for many repetitions. @throws KernelError */
  async testRunAsync(run: TestRun): Promise<TestResult> {
    const { options, out } = prepare(run);
    check(await offLoop(bpfProgTestRun(), this.fd, options), `cannot run ${this.name}`);
    return finish(options, out);
  }

  /** Closes the file descriptor; the program lives on where it is attached. Idempotent. */
  close(): void {
    if (this.#fd >= 0) library().close(this.#fd);
    this.#fd = -1;
  }
}

function prepare(run: TestRun): { options: TestRunOptions; out: Buffer | null } {
  const live = run.liveFrames === true;
  const out = live ? null : Buffer.alloc(run.data.length + GROWTH);
  const options = {
    sz: koffi.sizeof(testRunOptions),
    data_in: run.data,
    data_out: out,
    data_size_in: run.data.length,
    data_size_out: out?.length ?? 0,
    ctx_in: run.context ?? null,
    ctx_out: null,
    ctx_size_in: run.context?.length ?? 0,
    ctx_size_out: 0,
    retval: 0,
    repeat: run.repeat ?? 1,
    duration: 0,
    flags: live ? BPF_F_TEST_XDP_LIVE_FRAMES : 0,
    cpu: 0,
    batch_size: live ? (run.batchSize ?? 0) : 0,
  };
  return { options, out };
}

function finish(options: TestRunOptions, out: Buffer | null): TestResult {
  return {
    verdict: options.retval,
    nanoseconds: options.duration,
    data: out?.subarray(0, options.data_size_out) ?? new Uint8Array(0),
  };
}
