// A logger that says nothing.
import { createLogger } from '../../common/logger.ts';

export const silent = createLogger('test', 'silent');
