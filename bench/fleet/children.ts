// Starts a program of bench/fleet that needs no answer: it belongs to this process's group and ends with it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export function childProcesses(script: string, words: readonly string[]): void {
  const path = fileURLToPath(new URL(script, import.meta.url));
  // Its input is a pipe of ours: when this process dies, however it does, the child sees the end and goes.
  const child = spawn(process.execPath, [path, ...words], { stdio: ['pipe', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
}
