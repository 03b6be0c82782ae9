// `fleetblock-agent detach`: the only command that ends enforcement.
import { detachXdp } from '../datapath/detach.ts';

export function detach({ pinDir }: { readonly pinDir: string }): Promise<void> {
  const freed = detachXdp(pinDir);
  process.stdout.write(
    freed.length > 0
      ? `detached from ${freed.join(', ')}: this host enforces nothing any more\n`
      : `nothing was attached by ${pinDir}\n`,
  );
  return Promise.resolve();
}
