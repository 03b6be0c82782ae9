// What a part of the import's bench comes back with.
import type { Finding } from '../report.ts';
import type { Stall } from './stalls.ts';

export interface PartResult {
  readonly findings: readonly Finding[];
  readonly details: object;
  readonly stalls: readonly Stall[];
}
