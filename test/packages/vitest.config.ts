// Debian packages, installed in real root directories: `npm run test:packages` makes them first, compressed quickly: the contents are the same.
import { defineConfig } from 'vitest/config';
import { patience } from '../../lab/patience.ts';

export default defineConfig({
  test: {
    include: ['test/packages/*.test.ts'],
    // For a test that makes them again.
    env: { FLEETBLOCK_PACKAGE_XZ: '0' },
    // Much of a test is waiting for apt, npm and services.
    maxWorkers: 3,
    // lintian and a second build take a minute each on a quiet machine.
    testTimeout: patience(1_200_000),
    hookTimeout: patience(600_000),
  },
});
