// Packages of earlier versions: what they may have been, made of the present one.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What an earlier version of the agent had otherwise. */
export interface Earlier {
  readonly version: string;
  readonly what: string;
  /** `application`: where its files are. */
  readonly change: (application: string) => void;
}

/** From the last version to one with other maps. */
export const EARLIER: readonly Earlier[] = [
  {
    version: '0.0.9',
    what: 'another program in the kernel',
    change: (application) => appendFileSync(join(application, 'bpf/build/fleetblock.bpf.o'), 'earlier'),
  },
  {
    version: '0.0.8',
    what: 'another layout of the maps',
    change: (application) =>
      edit(join(application, 'dist/agent/datapath/decision/layout.js'), /(LAYOUT_VERSION = )\d+/, '$11'),
  },
];

/** Packs the agent's package `file` again as that version, into `directory`. @returns the new file's path */
export async function packEarlier(file: string, directory: string, { version, change }: Earlier): Promise<string> {
  const contents = mkdtempSync(join(tmpdir(), 'fleetblock-earlier-'));
  try {
    await execa('dpkg-deb', ['-R', file, contents]);
    const application = join(contents, 'usr/lib/fleetblock-agent');
    edit(join(contents, 'DEBIAN/control'), /^(Version: ).*$/m, `$1${version}`);
    edit(join(application, 'package.json'), /("version": )"[^"]*"/, `$1"${version}"`);
    change(application);
    const packed = join(directory, `fleetblock-agent_${version}.deb`);
    await execa('dpkg-deb', ['-Znone', '--build', contents, packed]);
    return packed;
  } finally {
    rmSync(contents, { recursive: true, force: true });
  }
}

function edit(path: string, pattern: RegExp, replacement: string): void {
  const text = readFileSync(path, 'utf8');
  if (!pattern.test(text)) throw new Error(`${path} has no ${pattern}`);
  writeFileSync(path, text.replace(pattern, replacement));
}
