// Sources of reports: which detector has found an address. Spelled `KIND:NAME`: `fail2ban:sshd`, `hook:siem`.

const KIND = '[a-z0-9][a-z0-9-]{0,30}';
const NAME = '[a-z0-9][a-z0-9._-]{0,30}';
const SOURCE = new RegExp(`^${KIND}:${NAME}$`);
const SOURCE_NAME = new RegExp(`^${NAME}$`);
const PATTERN = new RegExp(`^(${KIND}):(\\*|${NAME})$`);

/** Whether it is one: `fail2ban:sshd`. */
export function isSource(text: string): boolean {
  return SOURCE.test(text);
}

/** Whether it can stand behind the colon. */
export function isSourceName(text: string): boolean {
  return SOURCE_NAME.test(text);
}

/** The kind of a source, or of a pattern for all of a kind (`fail2ban:*`); undefined: it is neither. */
export function kindOfPattern(text: string): string | undefined {
  return PATTERN.exec(text)?.[1];
}
