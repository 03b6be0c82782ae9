// The head of the audit's chain goes into the log now and then: a log that is shipped elsewhere shows a cut or rewritten end.
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Store } from '../store/store.ts';

const HOUR_MS = 3_600_000;

/** At once, and every hour. @returns a function that stops it */
export function logAuditHead(store: Pick<Store, 'auditHead'>, log: Logger, everyMs = HOUR_MS): () => void {
  const say = async () => {
    try {
      const { sequence, hash } = await store.auditHead();
      log.info({ records: sequence, head: Buffer.from(hash).toString('hex') }, 'audit');
    } catch (error) {
      log.error({ err: messageOf(error) }, 'cannot read the head of the audit');
    }
  };
  void say();
  const timer = setInterval(() => void say(), everyMs).unref();
  return () => clearInterval(timer);
}
