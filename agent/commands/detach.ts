// `fleetblock-agent detach`: the only command that ends enforcement, on this host or on some of its interfaces.
import type { DetachSettings } from '../config.ts';
import { detachInterfaces, detachXdp } from '../datapath/detach.ts';

export function detach({ pinDir, interfaces }: DetachSettings): Promise<void> {
  process.stdout.write(interfaces.length > 0 ? some(pinDir, interfaces) : everything(pinDir));
  return Promise.resolve();
}

function everything(pinDir: string): string {
  const freed = detachXdp(pinDir);
  return freed.length > 0
    ? `detached from ${freed.join(', ')}: this host enforces nothing any more\n`
    : `nothing was attached by ${pinDir}\n`;
}

function some(pinDir: string, interfaces: readonly string[]): string {
  const left = detachInterfaces(pinDir, interfaces);
  const rest =
    left.length > 0 ? `still enforcing on ${left.join(', ')}` : 'nothing is attached any more, the maps are kept';
  return `detached from ${interfaces.join(', ')}: ${rest}. An agent that is told --interface ${interfaces.join(',')} attaches again when it starts\n`;
}
