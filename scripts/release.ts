// Makes a release: `npm run release -- VERSION --key FILE`. A commit with the version, the changelog's section and the record of the sync stream;
// from a checkout of that commit alone its files, signed, in build/release/VERSION; a tag. The working tree and the branch are touched last.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { messageOf } from '../common/errors.ts';
import { withRelease } from './release/changelog.ts';
import { makeFiles } from './release/files.ts';
import { type Plan, planRelease } from './release/plan.ts';
import { Refused } from './release/refused.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const git = (directory: string, ...words: string[]) => execa('git', ['-C', directory, ...words]);

/** @returns the release's commit, made in the checkout `tree` */
async function commit(tree: string, { version, epoch }: Plan): Promise<string> {
  const inTree = { cwd: tree, stderr: 'inherit' } as const;
  await execa('npm', ['version', version, '--no-git-tag-version', '--allow-same-version', '--silent'], inTree);
  const changelog = join(tree, 'CHANGELOG.md');
  const date = new Date(epoch * 1000).toISOString().slice(0, 10);
  writeFileSync(changelog, withRelease(readFileSync(changelog, 'utf8'), version, date));
  await execa('sh', ['scripts/setup.sh'], inTree);
  // What later versions will be tested against.
  const trace = `test/compat/traces/${version}.trace`;
  await execa('node_modules/.bin/node', ['test/compat/record.ts', trace], inTree);
  await git(tree, 'add', 'package.json', 'package-lock.json', 'CHANGELOG.md', trace);
  const at = `${epoch} +0000`;
  const env = { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  await execa('git', ['-C', tree, 'commit', '--quiet', '-m', `Release ${version}`], { env, stderr: 'inherit' });
  return (await git(tree, 'rev-parse', 'HEAD')).stdout;
}

async function release(plan: Plan): Promise<void> {
  await execa('sh', ['scripts/package/tools.sh', 'minisign'], { cwd: ROOT, stderr: 'inherit' });
  mkdirSync(dirname(plan.directory), { recursive: true });
  const out = mkdtempSync(`${plan.directory}-`);
  const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-release-'));
  const tree = join(scratch, 'tree');
  try {
    await git(ROOT, 'worktree', 'add', '--quiet', '--detach', tree);
    const made = await commit(tree, plan);
    await makeFiles(tree, out, plan);
    await git(ROOT, 'merge', '--quiet', '--ff-only', made);
    await git(ROOT, 'tag', '--annotate', '--message', `fleetblock ${plan.version}`, `v${plan.version}`);
    renameSync(out, plan.directory);
  } finally {
    if (existsSync(tree)) await git(ROOT, 'worktree', 'remove', '--force', tree);
    for (const directory of [scratch, out]) rmSync(directory, { recursive: true, force: true });
  }
}

// Ctrl-C ends what runs at that moment, and with it the release: it is cleared away first.
process.on('SIGINT', () => {});
try {
  const plan = await planRelease(ROOT, process.argv.slice(2));
  await release(plan);
  const files = readdirSync(plan.directory).map((name) => `  ${name}\n`);
  const without = plan.images.length === 0 ? 'no images: --images none\n' : '';
  process.stdout.write(
    `${plan.directory}:\n${files.join('')}${without}committed and tagged as v${plan.version}: git push --follow-tags\n`,
  );
} catch (error) {
  const isRefused = error instanceof Refused;
  process.stderr.write(`release: ${messageOf(error)}${isRefused ? '' : '\nrelease: nothing was released'}\n`);
  process.exitCode = isRefused ? 2 : 1;
}
