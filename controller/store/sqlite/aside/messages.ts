// What the reading thread is asked, and what it answers: one port a read, one piece a question.
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../common/errors.ts';
import type { AuditFilter } from '../../port/audit.ts';
import type { ClaimFilter } from '../../port/claims.ts';

/** `nowMs`: Unix milliseconds, by the store's clock: it decides which claims have ended. */
export type Read =
  | { readonly kind: 'claims'; readonly filter: ClaimFilter; readonly nowMs: number }
  | { readonly kind: 'rows'; readonly list: string }
  | { readonly kind: 'audit'; readonly filter: AuditFilter }
  | { readonly kind: 'verify' };

/** To the thread, for each read. On its port, every message asks for one more piece; closing it ends the read. */
export interface Begin {
  readonly read: Read;
  readonly port: MessagePort;
}

/** One per question: a batch of rows, a verdict, or that there is no more. */
export type Answer<Piece> =
  | { readonly kind: 'piece'; readonly piece: Piece }
  | { readonly kind: 'end' }
  /** `code` is missing when it is no error of the project's. */
  | { readonly kind: 'error'; readonly text: string; readonly code?: ErrorCode };
