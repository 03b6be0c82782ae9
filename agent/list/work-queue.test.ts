import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

/** Long work in many slices, which ends when it is asked to. */
async function slices(count: number, hurried: () => boolean): Promise<string> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (hurried()) return 'gave way';
  }
  return 'done';
}

describe('WorkQueue', () => {
  it('runs one piece after another, also after one that failed', async () => {
    const queue = new WorkQueue();
    const order: number[] = [];
    const failed = queue.run(() => Promise.reject(new Error('no')));
    const rest = [1, 2].map((i) => queue.run(async () => void order.push(i)));
    await expect(failed).rejects.toThrow('no');
    await Promise.all(rest);
    expect(order).toEqual([1, 2]);
  });

  it('lets what waits go before a comparison that is under way, and runs that again (faults row 135)', async () => {
    const queue = new WorkQueue();
    const order: string[] = [];
    const change = new Promise<void>((resolve) => {
      setImmediate(() => resolve(queue.run(async () => void order.push('change'))));
    });
    await queue.runGivingWay(async (hurried) => order.push(await slices(1000, hurried)));
    await change;
    expect(order).toEqual(['gave way', 'change', 'done']);
  });

  it('gives way several times and not for ever: endless changes do not keep a comparison from its end (faults row 135)', async () => {
    const queue = new WorkQueue();
    let changes = true;
    const always = async (): Promise<void> => {
      while (changes) await queue.run(() => new Promise((resolve) => setImmediate(resolve)));
    };
    const both = [always(), always()];
    expect(await queue.runGivingWay((hurried) => slices(50, hurried))).toBe('done');
    changes = false;
    await Promise.all(both);
  });
});
