// Logs: one JSON object a line on stderr (stdout is for data), secrets redacted by name.
import { type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

const SECRET_KEYS = ['secret', 'token', 'tokenSecret', 'key', 'privateKey'];

export function createLogger(program: string, level = 'info'): Logger {
  return pino(
    {
      name: program,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...SECRET_KEYS, ...SECRET_KEYS.map((key) => `*.${key}`)], censor: '[redacted]' },
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    pino.destination({ dest: 2, sync: true }),
  );
}
