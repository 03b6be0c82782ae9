// What the thread that reads lists answers to a body, one at a time.
import type { ErrorCode } from '../../../common/errors.ts';
import type { ReadList } from './read-body.ts';

export type ReadAnswer = { readonly list: ReadList } | { readonly code: ErrorCode; readonly text: string };
