// Files that can only be read whole: their listings are thousands of lines, not millions.
import type { Reader } from './form.ts';
import { bad } from './rows.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/** Keeps up to 256 MiB in memory. @throws FleetblockError INVALID_ARGUMENT from `push` when there is more */
export class WholeText implements Reader {
  readonly #form: string;
  readonly #read: (text: string) => void;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  /** `read` gets all of it, without a byte order mark. */
  constructor(form: string, read: (text: string) => void) {
    this.#form = form;
    this.#read = read;
  }

  push(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_BYTES) throw bad(`it is over ${MAX_BYTES >> 20} MiB of ${this.#form}: make it a plain list`);
    this.#parts.push(bytes);
  }

  end(): void {
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts.length = 0;
    this.#read(text.replace(/^\ufeff/, ''));
  }
}
