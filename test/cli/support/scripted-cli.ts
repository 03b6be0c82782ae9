// A scripted controller for one file of tests, and the CLI that talks to it over mutual TLS.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type RunOptions, runHere } from './cli.ts';
import { ScriptedController } from './scripted-controller.ts';

/** The time that the CLI believes it is. */
export const NOW = Date.parse('2026-11-24T12:00:00Z');

export class ScriptedCli {
  #controller: ScriptedController | undefined;
  #env: Record<string, string> = {};

  /** One for the tests of a file; each begins without a script. Call it at the top of the file. */
  static forFile(): ScriptedCli {
    const made = new ScriptedCli();
    beforeAll(async () => {
      made.#controller = await ScriptedController.start();
      made.#env = { FLEETBLOCK_CONFIG: made.#controller.credentials() };
    });
    afterAll(() => made.#controller?.close());
    beforeEach(() => {
      made.controller.script = {};
    });
    return made;
  }

  get controller(): ScriptedController {
    if (!this.#controller) throw new Error('the controller is there once the tests run');
    return this.#controller;
  }

  /** What the CLI is given unless a test gives it something else. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  fleetblock(args: string[], options: RunOptions = {}) {
    return runHere(args, { env: this.#env, now: NOW, ...options });
  }

  async json(args: string[], options: RunOptions = {}) {
    return JSON.parse((await this.fleetblock([...args, '-o', 'json'], options)).stdout);
  }
}
