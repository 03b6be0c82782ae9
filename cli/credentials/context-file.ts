// The credentials file as a set of contexts, one per fleet: adding, choosing and removing them. It is replaced in one step, mode
// 0600, and what was written into it by hand beside the contexts stays.
import { dirname } from 'node:path';
import { type CredentialsContext, writeCredentials } from '../../common/credentials-file.ts';
import { ensurePrivateDirectory } from '../../common/files.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { credentialsPath, readCredentialsFile } from './credentials.ts';

/** `add`, `use` and `remove` write the file before they return. */
export class ContextFile {
  readonly path: string;
  readonly #document: Record<string, unknown>;

  private constructor(path: string, document: Record<string, unknown>) {
    this.path = path;
    this.#document = document;
  }

  /** An empty one where there is no file. @throws FleetblockError INVALID_ARGUMENT: open to others, or no credentials file */
  static async read(cli: Cli, options: GlobalOptions): Promise<ContextFile> {
    const path = credentialsPath(cli, options);
    return new ContextFile(path, (await readCredentialsFile(path)) ?? {});
  }

  get names(): string[] {
    return Object.keys(this.#contexts);
  }

  get current(): string | undefined {
    const { currentContext } = this.#document;
    if (typeof currentContext === 'string') return currentContext;
    return this.names.length === 1 ? this.names[0] : undefined;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#contexts, name);
  }

  /** A field of a context, when it is a text. */
  text(name: string, field: keyof CredentialsContext): string {
    const context = this.has(name) ? this.#contexts[name] : undefined;
    const value: unknown = isMapping(context) ? context[field] : undefined;
    return typeof value === 'string' ? value : '';
  }

  /** Adds or replaces a context, which is the current one from then on. */
  add(name: string, context: CredentialsContext): void {
    this.#write({ ...this.#contexts, [name]: context }, name);
  }

  use(name: string): void {
    this.#write(this.#contexts, name);
  }

  /** Without a current one when it was that. */
  remove(name: string): void {
    const { [name]: _removed, ...rest } = this.#contexts;
    this.#write(rest, this.current === name ? undefined : this.current);
  }

  get #contexts(): Record<string, unknown> {
    const { contexts } = this.#document;
    return isMapping(contexts) ? contexts : {};
  }

  #write(contexts: Record<string, unknown>, current: string | undefined): void {
    const { currentContext: _current, contexts: _contexts, ...others } = this.#document;
    const document = { ...(current !== undefined && { currentContext: current }), contexts, ...others };
    ensurePrivateDirectory(dirname(this.path));
    writeCredentials(this.path, document);
    Object.assign(this.#document, { contexts, currentContext: current });
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
