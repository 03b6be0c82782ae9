// What is asked of settings: small documents that operators declare (a feed, a detector's policy), and the state of what runs by them.
import type { AuditEntry } from './transaction.ts';

/** Unique by kind and name. */
export interface Setting {
  /** `feed`, `feed-state`...: one per subject, which alone knows what its bodies say. */
  readonly kind: string;
  readonly name: string;
  /** JSON text. Whoever takes it from outside has bounded it. */
  readonly body: string;
}

/** A change of settings, as a whole. */
export interface ChangeSettings {
  /** Added, or in place of the one of that kind and name. */
  readonly sets?: readonly Setting[];
  /** Those that are not there are no error. */
  readonly deletes?: readonly Pick<Setting, 'kind' | 'name'>[];
  /** What an operator did. Without it, it is the state of something that runs: of that the audit says nothing. */
  readonly audit?: AuditEntry;
}

/** Settings make no revision: no host gets them. */
export interface SettingStore {
  changeSettings(change: ChangeSettings): Promise<void>;
  /** By name. */
  settings(kind: string): Promise<readonly Setting[]>;
}
