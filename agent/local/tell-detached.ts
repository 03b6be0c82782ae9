// Tells the controller of a detach, with the host's own certificate, while no agent runs that could.
import { AGENT_LIMITS } from '../../common/agent-limits.ts';
import { SYNC_PROTOCOL } from '../../common/rpc/channel.ts';
import type { Interface } from '../../proto/gen/fleetblock/v1/Interface.ts';
import type { Dial, SyncStream } from '../session/stream.ts';
import type { DetachedMark } from './detached-mark.ts';

/** What one short session needs to report a detach. */
export interface Leaving {
  readonly dial: Dial;
  readonly agentVersion: string;
  readonly mark: DetachedMark;
  /** That the program is still on. */
  readonly interfaces: readonly Interface[];
}

/** How long a host that is being detached tries to reach its controller, and waits for a word of one that it has reached, milliseconds. */
const CONNECT_MS = 5000;
const ANSWER_MS = 30_000;

/** @throws Error that says why the controller was not told */
export async function tellDetached({ dial, agentVersion, mark, interfaces }: Leaving): Promise<void> {
  const stream = await reached(dial);
  const limit = setTimeout(() => stream.close(), ANSWER_MS);
  try {
    await stream.send({
      hello: {
        protocol: SYNC_PROTOCOL,
        agentVersion,
        interfaces: [...interfaces],
        detached: detachedToWire(mark, mark.atMs, true),
      },
    });
    for await (const { welcome } of stream.messages) if (welcome) return;
    throw new Error('the controller ended the stream without a word');
  } finally {
    clearTimeout(limit);
    stream.close();
  }
}

async function reached(dial: Dial): Promise<SyncStream> {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), CONNECT_MS);
  try {
    return await dial(stop.signal);
  } finally {
    clearTimeout(limit);
  }
}

/** `leaving`: no session is wanted. */
export function detachedToWire({ atMs, interfaces, everything }: DetachedMark, nowMs: number, leaving: boolean) {
  return {
    agoMs: `${Math.max(0, Math.round(nowMs - atMs))}`,
    interfaces: interfaces.slice(0, AGENT_LIMITS.interfaces),
    everything,
    leaving,
  };
}
