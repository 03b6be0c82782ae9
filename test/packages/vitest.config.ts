// Debian packages, installed in a real root directory: `npm run test:packages` makes them first. Minutes, most of them for compression.
import { defineConfig } from 'vitest/config';
import { patience } from '../../lab/patience.ts';

export default defineConfig({
  test: { include: ['test/packages/*.test.ts'], testTimeout: patience(180_000), hookTimeout: patience(600_000) },
});
