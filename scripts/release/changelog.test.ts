// The form of CHANGELOG.md before and after a release.
import { expect, it } from 'vitest';
import { releasedVersions, unreleased, withRelease } from './changelog.ts';

const FIRST = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- The datapath.\n';
const SECOND = `# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n\n### Added\n\n- The datapath.\n`;

it('what is unreleased moves under the version, and an empty section is left for what comes next', () => {
  expect(withRelease(FIRST, '0.1.0', '2026-01-31')).toBe(SECOND);
});

it('finds what waits and what was released', () => {
  expect([unreleased(FIRST), releasedVersions(FIRST)]).toEqual(['### Added\n\n- The datapath.', []]);
  expect([unreleased(SECOND), releasedVersions(SECOND)]).toEqual(['', ['0.1.0']]);
  expect(releasedVersions(withRelease(SECOND, '0.2.0', '2026-02-28'))).toEqual(['0.2.0', '0.1.0']);
  expect(unreleased('# Changelog\n')).toBe('');
});
