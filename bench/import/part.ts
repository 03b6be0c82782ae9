// What a part of the import's bench comes back with.
import type { Finding } from '../report.ts';
import type { Hold } from './holds.ts';

export interface PartResult {
  readonly findings: readonly Finding[];
  readonly details: object;
  readonly holds: readonly Hold[];
}
