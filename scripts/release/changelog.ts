// CHANGELOG.md in the form of keepachangelog.com: what was released, and what waits for a release.

const UNRELEASED = '## [Unreleased]';

/** Versions that have a section, newest first. */
export function releasedVersions(changelog: string): string[] {
  return [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version = '']) => version);
}

/** What stands under Unreleased; empty when nothing does. */
export function unreleased(changelog: string): string {
  const [, after = ''] = changelog.split(`${UNRELEASED}\n`);
  return (after.split(/^## /m)[0] ?? '').trim();
}

/** With what was unreleased under that version. `date`: of the release, as 2026-01-31. */
export function withRelease(changelog: string, version: string, date: string): string {
  return changelog.replace(`${UNRELEASED}\n`, () => `${UNRELEASED}\n\n## [${version}] - ${date}\n`);
}
