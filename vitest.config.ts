// Unit tests stand beside their source; what needs root, a kernel or several processes stands in test/.
import { defineConfig } from 'vitest/config';
import { patience } from './lab/patience.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{common,agent,controller,cli,scripts}/**/*.test.ts'],
          // Thousands of random cases take their time on a machine that is busy.
          testTimeout: patience(60_000),
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          // They have a run of their own: npm run test:packages.
          exclude: ['test/packages/**'],
          // Two files at a time: much of a test is waiting for processes. What they make on the machine is named by its process.
          maxWorkers: 2,
          testTimeout: patience(120_000),
          hookTimeout: patience(180_000),
        },
      },
    ],
  },
});
