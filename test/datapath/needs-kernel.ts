// Tests that need a newer kernel than the agent: skipped where they come by that need, with the reason.
import { release } from 'node:os';
import { TestRunner } from 'vitest';
import { kernelAtLeast } from '../../agent/datapath/platform.ts';

/** Skips the test that runs now on kernels before that one. @param what needs it */
export function needsKernel(major: number, minor: number, what: string, kernel = release()): void {
  if (!kernelAtLeast(kernel, major, minor))
    TestRunner.getCurrentTest()?.context.skip(`${what} needs Linux ${major}.${minor}, this is ${kernel}`);
}
