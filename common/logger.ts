// Logs: one JSON object per line on stderr (stdout is for data), secrets redacted by name.
import { type Logger, pino } from 'pino';

/** Handed on, so that the library is named in one place. */
export type { Logger };

/** The most talkative first: what --log-level takes. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

const SECRET_KEYS = ['secret', 'token', 'tokenSecret', 'key', 'privateKey'];

/** Writes to stderr at once. `level`: the least one that is written, of LOG_LEVELS. */
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
