// What is asked of a release, checked before anything is made.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { isOlder } from '../../common/node-version.ts';
import { VERSION } from '../../common/version.ts';
import { releasedVersions, unreleased } from './changelog.ts';
import { assertBuildsImages } from './images.ts';
import { Refused } from './refused.ts';

/** Debian's names. */
const ARCHITECTURES = ['amd64', 'arm64'];
const USAGE = 'npm run release -- VERSION --key FILE [--architecture amd64|arm64]... [--images amd64|arm64|none]...';

/** A release that may be made. */
export interface Plan {
  readonly version: string;
  /** Path of minisign's secret key. */
  readonly key: string;
  readonly architectures: readonly string[];
  /** Architectures of images. */
  readonly images: readonly string[];
  /** The date of everything in it, Unix seconds. */
  readonly epoch: number;
  /** Where it goes; not there yet. */
  readonly directory: string;
}

/** `root`: the checkout. @throws Refused */
export async function planRelease(root: string, args: readonly string[]): Promise<Plan> {
  const { version, key, architectures, images } = asked(args);
  const git = async (...words: string[]) => (await execa('git', ['-C', root, ...words])).stdout;
  if ((await git('status', '--porcelain')) !== '')
    throw new Refused('what is not committed would not be in it: commit it, or remove what `git status` shows');
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const [newest] = releasedVersions(changelog);
  if (newest !== undefined && !isOlder(newest, version))
    throw new Refused(`${newest} is released: ${version} is not higher`);
  if (isOlder(version, VERSION)) throw new Refused(`package.json is at ${VERSION} already: ${version} is lower`);
  if (unreleased(changelog) === '')
    throw new Refused('CHANGELOG.md has nothing under [Unreleased]: say there what is new');
  if ((await git('tag', '--list', `v${version}`)) !== '')
    throw new Refused(`there is a tag v${version}: it was released`);
  const directory = join(root, 'build/release', version);
  if (existsSync(directory)) throw new Refused(`${directory} is there already: move it away`);
  await assertBuildsImages(images);
  const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? (await git('log', '-1', '--format=%ct')));
  return { version, key, architectures, images, epoch, directory };
}

/** @throws Refused */
function asked(args: readonly string[]): Pick<Plan, 'version' | 'key' | 'architectures' | 'images'> {
  const several = { type: 'string', multiple: true } as const;
  const options = { key: { type: 'string' }, architecture: several, images: several } as const;
  const { values, positionals } = parsed(() => parseArgs({ args: [...args], options, allowPositionals: true }));
  const [version, ...more] = positionals;
  if (version === undefined || more.length > 0) throw new Refused(`one version, please: ${USAGE}`);
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version))
    throw new Refused(`${version} is no version: MAJOR.MINOR.PATCH, such as 0.2.0`);
  const architectures = values.architecture ?? ARCHITECTURES;
  const images = values.images?.join() === 'none' ? [] : (values.images ?? architectures);
  const unknown = [...architectures, ...images].find((each) => !ARCHITECTURES.includes(each));
  if (unknown !== undefined)
    throw new Refused(`${unknown} is no architecture that is made: ${ARCHITECTURES.join(', ')}`);
  if (values.key === undefined)
    throw new Refused('signed with which key? --key FILE; `minisign -G -s FILE -p FILE.pub` makes one');
  if (!isSecretKey(values.key)) throw new Refused(`${values.key} is no secret key of minisign`);
  return { version, key: resolve(values.key), architectures, images };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : error}: ${USAGE}`);
  }
}

/** An untrusted comment, then "Ed" and 156 more bytes in base64. */
function isSecretKey(path: string): boolean {
  if (!existsSync(path)) return false;
  const [comment = '', text = ''] = readFileSync(path, 'latin1').split('\n');
  const bytes = Buffer.from(text, 'base64');
  return comment.startsWith('untrusted comment:') && bytes.length === 158 && bytes.toString('latin1', 0, 2) === 'Ed';
}
