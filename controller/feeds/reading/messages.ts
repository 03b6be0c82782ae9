// What the thread that reads lists is sent, and answers.
import type { ErrorCode } from '../../../common/errors.ts';
import type { Body, ReadList } from './read-body.ts';

/** `id`: of the answer to it. */
export interface ReadThis {
  readonly id: number;
  readonly body: Body;
}

export type ReadAnswer =
  | { readonly id: number; readonly list: ReadList }
  | { readonly id: number; readonly code: ErrorCode; readonly text: string };
