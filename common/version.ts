// The version of this package, for --version and for what agents report.
import { readFileSync } from 'node:fs';

/** `0.1.0`, from package.json. */
export const VERSION = readVersion();

function readVersion(): string {
  // From common/ in a checkout, from dist/common/ in the package.
  const up = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json';
  const manifest: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest && 'version' in manifest && typeof manifest.version === 'string')
    return manifest.version;
  return 'unknown';
}
