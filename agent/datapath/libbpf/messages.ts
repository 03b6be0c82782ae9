// What libbpf prints: kept for error texts (the verifier's log is in it) instead of going to stderr.
import koffi from 'koffi';
import type { Library } from './library.ts';

/** Enough for the end of a verifier log, where the reason stands. */
const KEPT_LINES = 40;
const LINE_BYTES = 16_384;
/** enum libbpf_print_level: warnings 0, info 1, debug 2. */
const DEBUG_LEVEL = 2;

let lines: string[] = [];
let routed = false;

/** From now on libbpf's messages are kept here. Once per process: libbpf has a single print function. */
export function routeMessages(library: Library): void {
  if (routed) return;
  routed = true;
  const text = Buffer.alloc(LINE_BYTES);
  // A va_list is passed as a pointer on the platforms that we run on (x86-64, arm64), so vsnprintf can take it on.
  const print = koffi.proto('int', ['int', 'void *', 'void *']);
  const keep = (level: number, format: bigint | null, values: bigint | null): number => {
    if (level >= DEBUG_LEVEL) return 0;
    const length = library.vsnprintf(text, text.length, format, values);
    if (length <= 0) return 0;
    lines.push(
      ...text
        .toString('utf8', 0, Math.min(length, text.length - 1))
        .split('\n')
        .filter(Boolean),
    );
    if (lines.length > KEPT_LINES) lines = lines.slice(-KEPT_LINES);
    return 0;
  };
  library.setPrint(koffi.register(keep, koffi.pointer(print)));
}

/** The messages since the last call. */
export function takeMessages(): string[] {
  const taken = lines;
  lines = [];
  return taken;
}
