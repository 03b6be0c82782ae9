// The head of the audit's chain goes into the log now and then: a log that is shipped elsewhere shows a cut or rewritten end.
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Store } from '../store/store.ts';

const HOUR_MS = 3_600_000;

/** At once, and every hour. @returns a function that stops it */
export function logAuditHead(store: Pick<Store, 'auditHead'>, log: Logger, everyMs = HOUR_MS): () => void {
  const say = () => {
    try {
      const { sequence, hash } = store.auditHead();
      log.info({ records: sequence, head: Buffer.from(hash).toString('hex') }, 'audit');
    } catch (error) {
      log.error({ err: messageOf(error) }, 'cannot read the head of the audit');
    }
  };
  say();
  const timer = setInterval(say, everyMs).unref();
  return () => clearInterval(timer);
}
