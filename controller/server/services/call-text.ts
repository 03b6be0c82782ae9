// What a call asked for, for the record of its refusal: `block 10.0.0.0/8 and 2 more`.
const MAX_NAME = 64;

/** `path`: `/package.Service/Method`. Of the request, at most the first prefix or name, cut short. */
export function callText(path: string, request: unknown): string {
  const method = path.slice(path.lastIndexOf('/') + 1);
  const { action, prefixes, name, list, id } = Object(request);
  const verb = method.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  const allow = action === 'ACTION_ALLOW' ? ({ block: 'allow', unblock: 'stop allowing' }[verb] ?? verb) : verb;
  const many = Array.isArray(prefixes) && prefixes.length > 1 ? ` and ${prefixes.length - 1} more` : '';
  const [about] = [Array.isArray(prefixes) ? prefixes[0] : undefined, list, name, id].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  return about === undefined ? allow : `${allow} ${about.slice(0, MAX_NAME)}${many}`;
}

/** Whether a call would change nothing. */
export function isDryRun(request: unknown): boolean {
  return Object(request).dryRun === true;
}
