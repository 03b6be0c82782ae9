// Starts a program that needs no answer: it belongs to this process's group and ends with it.
import { spawn } from 'node:child_process';

export function startChild(path: string, words: readonly string[]): void {
  // Its input is a pipe of ours: when this process dies, however it does, the child sees the end and goes.
  const child = spawn(process.execPath, [path, ...words], { stdio: ['pipe', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
}
