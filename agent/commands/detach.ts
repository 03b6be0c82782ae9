// `fleetblock-agent detach`: the only command that ends enforcement, on this host or on some of its interfaces. It reports to the controller
// with the host's own certificate; if it cannot, the next agent that runs here does.
import { existsSync } from 'node:fs';
import { messageOf } from '../../common/errors.ts';
import { VERSION } from '../../common/version.ts';
import type { DetachSettings } from '../config.ts';
import { detachInterfaces, detachXdp } from '../datapath/pins/detach.ts';
import { lockDirectory } from '../datapath/pins/directory-lock.ts';
import { inspectPins } from '../datapath/pins/inspect.ts';
import { ControllerAddress } from '../host/controller-address.ts';
import { loadEnrollment } from '../identity/enrollment.ts';
import { type DetachedMark, forgetDetachedMark, writeDetachedMark } from '../local/detached-mark.ts';
import { tellDetached } from '../local/tell-detached.ts';
import { SyncDialer } from '../session/sync-dialer.ts';

/** Limit for the handshake: detach does not wait for a busy controller. */
const PATIENCE_MS = 4000;

/** Takes the program off first and tells the controller afterwards: a controller that is away never keeps a host from being freed. */
export async function detach({ stateDir, pinDir, interfaces }: DetachSettings): Promise<void> {
  const freed = interfaces.length > 0 ? some(pinDir, interfaces) : everything(pinDir);
  if (freed.length === 0) return;
  const mark = { atMs: Date.now(), interfaces: freed, everything: interfaces.length === 0 };
  let unlock: () => void;
  try {
    if (!existsSync(stateDir))
      throw new Error(`there is no ${stateDir}: --state-dir names where the agent keeps its identity`);
    unlock = lockDirectory(stateDir, 'it runs, and its pins are not those that were detached');
  } catch (error) {
    process.stderr.write(`the fleet does not know of it (${messageOf(error)})\n`);
    return;
  }
  try {
    await tell(stateDir, pinDir, mark);
  } finally {
    unlock();
  }
}

async function tell(stateDir: string, pinDir: string, mark: DetachedMark): Promise<void> {
  try {
    const { controller, identity } = loadEnrollment(stateDir);
    const address = new ControllerAddress({ controller, stateDir });
    const dialer = new SyncDialer({ patienceMs: PATIENCE_MS });
    await tellDetached({
      dial: (signal) => dialer.dial(address.target(), identity, signal),
      agentVersion: VERSION,
      mark,
      interfaces: inspectPins(pinDir)?.interfaces ?? [],
    });
    forgetDetachedMark(stateDir);
    process.stderr.write('the controller was told\n');
  } catch (error) {
    process.stderr.write(
      `the fleet does not know of it (${messageOf(error)}): its controller is told when an agent runs here again\n`,
    );
    try {
      writeDetachedMark(stateDir, mark);
    } catch (unwritten) {
      process.stderr.write(`that could not be noted for the next agent: ${messageOf(unwritten)}\n`);
    }
  }
}

/** @returns the interfaces that it was taken off */
function everything(pinDir: string): string[] {
  const freed = detachXdp(pinDir);
  process.stdout.write(
    freed.length > 0
      ? `detached from ${freed.join(', ')}: this host enforces nothing any more\n`
      : `nothing was attached by ${pinDir}\n`,
  );
  return freed;
}

function some(pinDir: string, interfaces: readonly string[]): readonly string[] {
  const left = detachInterfaces(pinDir, interfaces);
  const rest =
    left.length > 0 ? `still enforcing on ${left.join(', ')}` : 'nothing is attached any more, the maps are kept';
  process.stdout.write(
    `detached from ${interfaces.join(', ')}: ${rest}. An agent that is told --interface ${interfaces.join(',')} attaches again when it starts\n`,
  );
  return interfaces;
}
