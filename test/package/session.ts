// Every documented command, typed once with its documented options, in an order in which each has something to do. `{name}` is a file, a
// place of the lab, or what a named group of an earlier line's pattern found.

export interface Step {
  readonly line: string;
  /** Default 0. */
  readonly exits?: number;
  /** Of stdout and stderr together. */
  readonly says: RegExp;
  /** A command that runs until Ctrl-C: it is ended once it has said that. */
  readonly goesOn?: true;
}

/** What the lab types by itself to be there at all. */
export const TYPED_BY_THE_LAB = [
  'fleetblock-controller run --data-dir --listen',
  'fleetblock-agent join --token-file',
  'fleetblock-agent run --interface',
];

const BLOCKS: readonly Step[] = [
  { line: 'fleetblock host label host1 env=prod old=1 -R tidy', says: /host1/ },
  { line: 'fleetblock host label host1 old-', says: /host1/ },
  {
    line: 'fleetblock block 203.0.113.0/24 2001:db8:bad::/48 --all-hosts -d 4h -R scan --wait --timeout 60s',
    says: /^blocked 203\.0\.113\.0\/24, 2001:db8:bad::\/48 on 1\/1 hosts in /,
  },
  { line: 'fleetblock block -f {plain} -l env=prod,role!=db -o json', says: /"enforced": ?1\b/ },
  { line: 'fleetblock block 203.0.113.77 --host host1 --monitor --no-wait', says: /203\.0\.113\.77\/32/ },
  { line: 'fleetblock block 203.0.113.78 --all-hosts --dry-run', says: /would .*203\.0\.113\.78\/32/ },
  {
    line: 'fleetblock block 44.0.0.0/7 --all-hosts --force --confirm 5m',
    says: /fleetblock confirm (?<first>[a-z0-9]+) /,
  },
  { line: 'fleetblock block 203.0.113.80 --all-hosts --confirm 5m', says: /fleetblock confirm (?<second>[a-z0-9]+) / },
  { line: 'fleetblock confirm -o json', says: /"prefixes": ?\[/ },
  { line: 'fleetblock confirm {first} -R meant --wait --timeout 60s -o json', says: /"enforced": ?1\b/ },
  { line: 'fleetblock confirm {second} --no-wait', says: /confirm 203\.0\.113\.80\/32/ },
  {
    line: 'fleetblock block 203.0.113.90 --all-hosts --stages 1%,100% --bake 1h --halt-drops 1000 --ignore-host host1',
    says: /fleetblock rollout show (?<staged>[a-z0-9]+),/,
  },
  { line: 'fleetblock rollout list -o json', says: /"state": ?"running"/ },
  { line: 'fleetblock rollout show {staged} -o json', says: /"hosts": ?1\b/ },
  { line: 'fleetblock rollout show {staged}', says: /at 1,000 drops\/s/ },
  { line: 'fleetblock rollout pause {staged} -R lunch', says: /is paused on 1 of 1 hosts: lunch/ },
  { line: 'fleetblock rollout resume {staged} -R back', says: /is running on 1 of 1 hosts/ },
  { line: 'fleetblock rollout abort {staged} -R wrong', says: /is aborted on 1 of 1 hosts: wrong/ },
  {
    line: 'fleetblock unblock 44.0.0.0/7 --origin manual --all-hosts -R over --wait --timeout 60s -o json',
    says: /"enforced": ?1\b/,
  },
  { line: 'fleetblock unblock -f {plain} -l env=prod,role!=db --no-wait', says: /unblock 198\.51\.100\.7\/32/ },
  // What covers it still blocks it.
  { line: 'fleetblock unblock 203.0.113.77 --host host1 --dry-run', says: /203\.0\.113\.77\/32/, exits: 3 },
  { line: 'fleetblock allow add 203.0.113.5 --all-hosts -d 4h -R ours', says: /allowed 203\.0\.113\.5\/32 on 1\/1/ },
  { line: 'fleetblock allow add 203.0.113.6 --host host1', says: /203\.0\.113\.6\/32/ },
  { line: 'fleetblock allow add 203.0.113.7 -l env=prod', says: /203\.0\.113\.7\/32/ },
  { line: 'fleetblock allow list --host host1', says: /203\.0\.113\.5\/32/ },
  { line: 'fleetblock allow rm 203.0.113.5 --all-hosts', says: /203\.0\.113\.5\/32/ },
  { line: 'fleetblock allow rm 203.0.113.6 --host host1', says: /203\.0\.113\.6\/32/ },
  { line: 'fleetblock apply --schema', says: /"prefixes"/ },
  { line: 'fleetblock diff -f {declared}', says: /^\+ block 198\.51\.100\.9\/32 on all: kept$/m, exits: 3 },
  {
    line: 'fleetblock apply -f {declared} --prune --allow-shrink -R tidy --wait --timeout 60s',
    says: /^blocked 198\.51\.100\.9\/32 on 1\/1 hosts in .*\napplied apply:kept: 1 claim \(1 new\)$/m,
  },
  { line: 'fleetblock apply -f {declared} --dry-run --no-wait --stages 1%,100% -o json', says: /"unchanged": ?1\b/ },
  { line: 'fleetblock diff -f {declared} -o json', says: /"missing": ?\[\]/ },
  { line: 'fleetblock allow rm 203.0.113.7 -l env=prod', says: /203\.0\.113\.7\/32/ },
];

const LOOKS: readonly Step[] = [
  { line: 'fleetblock list', says: /203\.0\.113\.0\/24/ },
  {
    line: 'fleetblock list 203.0.113.9 --covering --origin manual --action block --reason SCAN --actor admin/admin -o json',
    says: /203\.0\.113\.0\/24/,
  },
  {
    line: 'fleetblock list 203.0.0.0/16 --inside --host host1 --expired --sort ends --limit 1',
    says: /203\.0\.113\.0\/24/,
  },
  { line: 'fleetblock check 203.0.113.9 --host host1 --timeout 60s -o json', says: /"realized": ?"drop"/ },
  {
    line: 'fleetblock import {plain} --list feed --all-hosts --format plain',
    says: /imported list feed: 2 entries \(2 new\) on 1\/1 hosts/,
  },
  {
    line: 'fleetblock import {bad} --list feed --all-hosts --skip-invalid --skip-refused --allow-shrink --force --dry-run',
    says: /^would import list feed[\s\S]*line 2: "nonsense"/,
  },
  { line: 'fleetblock import {plain} --list placed --at 1 --all-hosts --dry-run', says: /line 2: "198/, exits: 2 },
  { line: 'fleetblock import {plain} --list feed --host host1 --retarget', says: /imported list feed/ },
  { line: 'fleetblock import {plain} --list good -l env=prod --allow -R ours', says: /imported list good/ },
  { line: 'fleetblock import {plain} --list seen --all-hosts --monitor', says: /imported list seen/ },
  {
    line: 'fleetblock import {plain} --list slow --all-hosts --stages 1%,100% --bake 1h --halt-drops 1000 --ignore-host host1',
    says: /fleetblock rollout show (?<slow>[a-z0-9]+),/,
  },
  { line: 'fleetblock rollout abort {slow}', says: /is aborted on 1 of 1 hosts/ },
  {
    line: 'fleetblock unblock 198.51.100.7 --origin list:feed -R ticket',
    says: /fleetblock lists include feed 198\.51\.100\.7/,
  },
  { line: 'fleetblock lists exceptions feed -o json', says: /"prefix": ?"198\.51\.100\.7\/32"/ },
  { line: 'fleetblock lists include feed 198.51.100.7 -R back --dry-run', says: /would take back/ },
  { line: 'fleetblock lists include feed -f {plain}', says: /took back the exception of 198\.51\.100\.7\/32/ },
  { line: 'fleetblock lists -o json', says: /"name": ?"feed"/ },
  { line: 'fleetblock lists rm good -R over', says: /list good/ },
  { line: 'fleetblock lists rm seen --dry-run', says: /list seen/ },
  {
    line: 'fleetblock feed add web http://127.0.0.1:9/list --all-hosts --every 1d --format csv --at ip --skip-invalid 5 --skip-refused --key-file {key} --allow-private --monitor --halt-drops 1000 -R try',
    says: /^feed web failed: 127\.0\.0\.1:9: connect ECONNREFUSED/,
    exits: 1,
  },
  {
    line: 'fleetblock feed add other http://127.0.0.1:9/list --host host1 --key-file {key} --key-header X-Api-Key --dry-run -o json',
    says: /127\.0\.0\.1 is no address of the Internet/,
    exits: 1,
  },
  {
    line: 'fleetblock feed add third http://127.0.0.1:9/list -l env=prod --dry-run',
    says: /--allow-private/,
    exits: 1,
  },
  { line: 'fleetblock feed list -o json', says: /"name": ?"web"[\s\S]*"failures": ?1/ },
  { line: 'fleetblock feed show web -o json', says: /"state": ?"failed"/ },
  { line: 'fleetblock feed refresh web --ignore-host host1 --dry-run -o json', says: /"outcome": ?"failed"/, exits: 1 },
  { line: 'fleetblock feed refresh web --accept', says: /nothing of feed web is held/, exits: 4 },
  { line: 'fleetblock feed pause web -R quiet -o json', says: /"state": ?"paused"/ },
  { line: 'fleetblock feed resume web -R again -o json', says: /"name": ?"web"/ },
  { line: 'fleetblock feed rm web --keep-list -R over -o json', says: /"name": ?"web"/ },
  { line: 'fleetblock export -o nft --origin manual --host host1', says: /203\.0\.113\.0\/24/ },
  { line: 'fleetblock export --allow', says: /^/ },
  { line: 'fleetblock hosts', says: /host1 +synced/ },
  { line: 'fleetblock hosts host1 -l env=prod --status synced --sort name', says: /host1 +synced/ },
  { line: 'fleetblock hosts -w --interval 1s', says: /host1/, goesOn: true },
  { line: 'fleetblock hosts -o json', says: /"status": ?"synced"/ },
  { line: 'fleetblock status -o json', says: /"synced": ?1\b/ },
  {
    line: 'fleetblock watch host1 -l env=prod --status synced --sort dropped --interval 1s -o json',
    says: /"name": ?"host1"/,
    goesOn: true,
  },
  { line: 'fleetblock top -n 5 -o json', says: /\[/ },
  { line: 'fleetblock top -f --interval 1s', says: /^/, goesOn: true },
  { line: 'fleetblock events --last 10 --host host1 -o json', says: /"host": ?"host1"/ },
  { line: 'fleetblock events -f', says: /host1/, goesOn: true },
  { line: 'fleetblock events --drops --host host1 -o json', says: /"source": ?"192\.168\.1\.100"/, goesOn: true },
  {
    line: 'fleetblock audit --since 1h --until 2100-01-01 --actor admin/admin --verb block --prefix 203.0.113.0/24 --last 5 -o json',
    says: /203\.0\.113\.0\/24/,
  },
  { line: 'fleetblock audit --host host1 --subject env=prod', says: /env=prod/ },
  { line: 'fleetblock audit verify -o json', says: /"head": ?"(?<head>[0-9a-f]+)"/ },
  { line: 'fleetblock audit verify --head {head}', says: /./ },
  { line: 'fleetblock doctor', says: /host1/ },
  { line: 'fleetblock version', says: /^[0-9]/ },
  { line: 'fleetblock completion bash', says: /_fleetblock/ },
  { line: 'fleetblock completion zsh', says: /#compdef fleetblock/ },
  { line: 'fleetblock completion fish', says: /complete -c fleetblock/ },
];

const PEOPLE: readonly Step[] = [
  {
    line: 'fleetblock token create -d 1h --uses 2 --label env=prod --only-these-labels -o json',
    says: /"id": ?"(?<token>[^"]+)"/,
  },
  { line: 'fleetblock token create --host host1 --keep-identity', says: /^fbt1\./ },
  { line: 'fleetblock token list', says: /valid/ },
  { line: 'fleetblock token revoke {token} -R lost', says: /./ },
  { line: 'fleetblock operator create bob --role viewer -d 12h --out {bob}', says: /./ },
  { line: 'fleetblock --config {bob} hosts', says: /host1/ },
  {
    line: 'fleetblock operator token alice --role operator -d 12h --within 1h -o json',
    says: /"token": ?"(?<login>[^"]+)"/,
  },
  { line: 'fleetblock login {controller} --token-file {login}', says: /logged in to \S+ as alice \(operator\)/ },
  { line: 'fleetblock operator token carol --role operator -o json', says: /"token": ?"(?<login>[^"]+)"/ },
  {
    line: 'fleetblock login {controller} --token-file {login} --name other --replace -o json',
    says: /"operator": ?"carol"/,
  },
  { line: 'fleetblock context list -o json', says: /"name": ?"other"/ },
  { line: 'fleetblock context use other', says: /other/ },
  { line: 'fleetblock --context other --controller {controller} hosts', says: /host1/ },
  { line: 'fleetblock context remove other', says: /other/ },
  { line: 'fleetblock operator token dave --role viewer -o json', says: /"id": ?"(?<dave>[^"]+)"/ },
  { line: 'fleetblock operator tokens', says: /dave/ },
  { line: 'fleetblock operator revoke --token {dave} -R never', says: /./ },
  { line: 'fleetblock operator list -o json', says: /"name": ?"bob"[\s\S]*?"serial": ?"(?<serial>[0-9a-f]+)"/ },
  { line: 'fleetblock apikey create feeds --role operator --origin list:feed -d 30d -o json', says: /"key": ?"fbk1\./ },
  { line: 'fleetblock apikey create graphs --role viewer', says: /^fbk1\./ },
  { line: 'fleetblock apikey list', says: /feeds +operator +list:feed +valid +never/ },
  {
    line: 'fleetblock detector set fail2ban:sshd --scope fleet --max-duration 12h -R "ssh only"',
    says: /fail2ban:sshd may block: scope fleet, for 12h/,
  },
  { line: 'fleetblock detector list', says: /fail2ban:sshd +fleet +12h +10000 +6000 +1 +0 +0/ },
  { line: 'fleetblock detector rm fail2ban:sshd -R unused', says: /may block no more/ },
  {
    line: "fleetblock detector set 'fail2ban:*' --scope label:site --max-claims 500 --rate 60 --quorum 2 -o json",
    says: /"quorum": ?2/,
  },
  { line: 'fleetblock detector list -o json', says: /"lastRefusal": ?null/ },
  { line: "fleetblock detector rm 'fail2ban:*' -o json", says: /"pattern": ?"fail2ban:\*"/ },
  {
    line: 'fleetblock hook add siem --secret-file {key} --scheme github --rows /alerts --address /ip --duration /for --why /rule --unban-if /over=true -R siem',
    says: /^\/hooks\/siem takes reports as hook:siem/,
  },
  { line: 'fleetblock hook add siem --secret-file {key} --address /ip --replace -o json', says: /"policy": ?null/ },
  { line: 'fleetblock hook list', says: /siem +standard +none +0 +0 +never/ },
  { line: 'fleetblock hook show siem', says: /source +hook:siem/ },
  { line: 'fleetblock hook rm siem -R over', says: /removed webhook siem/ },
  { line: 'fleetblock apikey revoke feeds -R rotated', says: /revoked API key feeds/ },
  { line: 'fleetblock operator revoke alice', says: /alice/ },
  { line: 'fleetblock operator revoke --serial {serial}', says: /./ },
];

const CONTROLLER: readonly Step[] = [
  {
    line: 'fleetblock-controller init --data-dir {other} --advertise controller.example.com:7443',
    says: /fleetblock-controller run --data-dir /,
  },
  { line: 'fleetblock-controller backup {backup} --data-dir {data}', says: /wrote .*: the store at revision \d+/ },
];

/** With the controller stopped. */
export const RESTORE: readonly Step[] = [
  { line: 'fleetblock-controller restore {backup} --data-dir {data}', says: /restored the store/ },
];

export const AFTER_RESTORE: readonly Step[] = [
  { line: 'fleetblock host resync --all-hosts -R restored', says: /1\/1 hosts/ },
  { line: 'fleetblock host resync --host host1', says: /1\/1 hosts/ },
  { line: 'fleetblock host resync -l env=prod', says: /hosts/ },
  { line: 'fleetblock host revoke host1 -R gone', says: /host1/ },
  { line: 'fleetblock operator revoke admin --last-admin -R locked', says: /admin/ },
];

/** On the host, with its agent stopped. */
export const DETACH: readonly Step[] = [
  { line: 'fleetblock-agent detach --interface eth0', says: /eth0/ },
  { line: 'fleetblock-agent detach', says: /./ },
];

export const SESSION: readonly Step[] = [...BLOCKS, ...LOOKS, ...PEOPLE, ...CONTROLLER];
