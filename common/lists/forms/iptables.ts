// Rules of iptables and ip6tables: those that drop a source, whatever the protocol.
import type { LineForm } from '../form.ts';
import { bad } from '../rows.ts';

/** Rules that match more than a source, or do not drop it, are left out and counted; one that accepts a source is a finding. */
export const iptables: LineForm = {
  name: 'iptables',
  summary:
    '`iptables-save`, `ip6tables-save` or such commands: sources that a rule drops without further conditions; one that accepts a source is refused',
  sample: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.0/24 -j DROP\nCOMMIT',
  line: /^(\*[a-z]+$|:\S+ \S+ \[[0-9]+:[0-9]+\]|COMMIT$|(\[[0-9]+:[0-9]+\] |(sudo )?\S*ip6?tables\S* (-w |-t [a-z]+ )*)?-[AI] \S+ )/,
  readLine: (text, rows) => {
    const rule = text.replace(/^(\[[0-9]+:[0-9]+\] |(sudo )?\S*ip6?tables\S* )/, '');
    if (STRUCTURE.test(rule)) return;
    const { isRule, sources, target, isNarrower } = partsOf(rule);
    if (!isRule) throw bad(`${JSON.stringify(text.slice(0, 80))} is not like "-A INPUT -s 192.0.2.0/24 -j DROP"`);
    const action = ACTION[target];
    if (sources.length === 0) rows.leaveOut('a rule without a source');
    else if (action === undefined) rows.leaveOut(`a rule with -j ${target.slice(0, 40) || 'nothing'}`);
    else if (!rows.takes.includes(action)) {
      if (action === 'allow')
        throw bad(`${sources.join(',').slice(0, 80)} is accepted here: put it into a list of its own, with --allow`);
      rows.leaveOut(`a rule with -j ${target}`);
    } else if (isNarrower) rows.leaveOut('a rule that matches more than a source');
    else for (const source of sources) rows.prefixOrRange(source);
  },
};

/** By the target of a rule: what an import may say to take it. */
const ACTION: Readonly<Record<string, string>> = { DROP: 'drop', REJECT: 'drop', ACCEPT: 'allow', RETURN: 'allow' };

const STRUCTURE = /^(\*[a-z]+$|:|COMMIT$|(-t [a-z]+ )?-[PNFXZ]\b)/;

interface Rule {
  readonly isRule: boolean;
  readonly sources: readonly string[];
  readonly target: string;
  /** It has a condition beside its source, or a negated one. */
  readonly isNarrower: boolean;
}

function partsOf(text: string): Rule {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  let isRule = false;
  let target = '';
  let isNarrower = false;
  const sources: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const value = words[i + 1] ?? '';
    switch (words[i]) {
      case '-A':
      case '-I':
        isRule = true;
        i += /^[0-9]+$/.test(words[i + 2] ?? '') ? 2 : 1;
        break;
      case '-s':
      case '--source':
      case '--src-range':
        sources.push(...value.split(','));
        i++;
        break;
      case '-j':
      case '--jump':
        target = value;
        i++;
        break;
      case '-t':
      case '--comment':
      case '--reject-with':
        i++;
        break;
      case '-m':
        if (!['comment', 'iprange'].includes(value)) isNarrower = true;
        i++;
        break;
      case '-w':
        break;
      default:
        isNarrower = true;
    }
  }
  return { isRule, sources, target, isNarrower };
}
