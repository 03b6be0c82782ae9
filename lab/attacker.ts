// The lab's attacker: one station that speaks from several addresses.
import { execa } from 'execa';
import { inside, toolPath } from './namespaces.ts';
import type { Station } from './network.ts';
import { patience } from './patience.ts';

export interface PingResult {
  readonly sent: number;
  readonly received: number;
}

export interface PingOptions {
  /** Default 2. */
  readonly count?: number;
  /** How long to wait for each answer, seconds. Default 0.4. */
  readonly waitSeconds?: number;
}

export class Attacker {
  readonly station: Pick<Station, 'namespace'>;

  constructor(station: Pick<Station, 'namespace'>) {
    this.station = station;
  }

  async ping(source: string, target: string, options: PingOptions = {}): Promise<PingResult> {
    const { count = 2, waitSeconds = 0.4 } = options;
    const words = ['ping', '-n', '-q', '-c', `${count}`, '-i', '0.1', '-W', `${waitSeconds}`, '-I', source, target];
    const [file, args] = inside(this.station.namespace, words);
    const result = await execa(file, args, { env: { PATH: toolPath }, reject: false, timeout: patience(30_000) });
    const [, sent, received] = /([0-9]+) packets transmitted, ([0-9]+) received/.exec(result.stdout) ?? [];
    // A ping that sent nothing proves nothing.
    if (!sent || sent === '0') throw new Error(`ping from ${source} to ${target} did not run: ${result.stderr}`);
    return { sent: Number(sent), received: Number(received) };
  }

  /** True when every ping is answered, false when none is; anything between is an error, because it is neither. */
  async reaches(source: string, target: string, options: PingOptions = {}): Promise<boolean> {
    const { sent, received } = await this.ping(source, target, options);
    if (received !== 0 && received !== sent)
      throw new Error(`${received} of ${sent} pings from ${source} to ${target} were answered`);
    return received === sent;
  }
}
