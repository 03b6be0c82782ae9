// A process that floods: run by lifecycle/crash.test.ts in its network namespace, as the kernel sends live frames in the
// namespace of the thread that asks, and worker threads stay in the first one.
// flooder.ts OBJECT INTERFACE FIRST COUNT PPS: sends until SIGTERM, or its time is up, then prints what it sent.
import { KernelError } from '../../../agent/datapath/kernel-map.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import { floodRun, setSources } from './flood.ts';

const [path, name, first, count, rate] = process.argv.slice(2);
if (path === undefined || name === undefined || first === undefined) process.exit(2);

const TICK_MS = 10;
const LIMIT_MS = 600_000;

const object = BpfObject.load(path);
setSources(object, first, Number(count));
const perTick = Math.round((Number(rate) * TICK_MS) / 1000);
const run = floodRun(name);
const started = performance.now();
let sent = 0;

function finish(): void {
  process.stdout.write(`${JSON.stringify({ sent, seconds: (performance.now() - started) / 1000 })}\n`);
  process.exit(0);
}

process.on('SIGTERM', finish);
process.stdout.write('ready\n');
setInterval(() => {
  // As much as the rate asks for by now, so that a late timer does not lower it; no more than ten ticks' worth at once.
  const due = Math.min(10, Math.floor((performance.now() - started) / TICK_MS - sent / perTick));
  if (due >= 1) {
    try {
      // In one run: each begins and ends with a grace period of the kernel, which a busy machine takes its time for.
      object.program('flood').testRun({ ...run, repeat: due * perTick });
    } catch (error) {
      // The signal that ends us came meanwhile.
      if (error instanceof KernelError && error.code === 'EINTR') return;
      throw error;
    }
    sent += due * perTick;
  }
  if (performance.now() - started > LIMIT_MS) finish();
}, TICK_MS);
