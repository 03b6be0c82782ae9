// Lists as others publish them, each as short as its form lets it be.

export const lines = (...all: string[]) => `${all.join('\n')}\n`;

/** Files as others publish them: the form, the file, what it holds. */
export const PUBLISHED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'plain',
    lines('; Spamhaus DROP List', '1.10.16.0/20 ; SBL256894', '2.56.192.0/22 ; SBL459831'),
    ['1.10.16.0/20', '2.56.192.0/22'],
  ],
  [
    'plain',
    lines('192.0.2.1-192.0.2.4', '192.0.2.8 - 192.0.2.9', '2001:db8::-2001:db8::1'),
    ['192.0.2.1/32', '192.0.2.2/31', '192.0.2.4/32', '192.0.2.8/31', '2001:db8::/127'],
  ],
  [
    'plain',
    '\ufeff192.0.2.1  \r\n192.0.2.2\0\0\0\r\n\0\n   192.0.2.3\t# why\r\n',
    ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32'],
  ],
  [
    'plain',
    lines('// a list', '192.0.2.1 // why', '192.0.2.0/24;a note', '192.0.2.2;', '2001:db8::/32 ; SBL1', '192.0.2.3 #4'),
    ['192.0.2.1/32', '192.0.2.0/24', '192.0.2.2/32', '192.0.2.3/32', '2001:db8::/32'],
  ],
  ['counted', lines('# IPsum', '#', '185.220.101.1\t11', '2001:db8::5\t3'), ['185.220.101.1/32', '2001:db8::5/128']],
  ['counted', lines('192.0.2.1 12', '192.0.2.2,3'), ['192.0.2.1/32', '192.0.2.2/32']],
  [
    'start-end',
    lines('1.0.0.0,1.0.0.255,AU', '1.0.1.0,1.0.3.255,CN', '2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP'),
    ['1.0.0.0/24', '1.0.1.0/24', '1.0.2.0/23', '2001:200::/32'],
  ],
  ['start-end', lines('1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET'), ['1.0.0.0/24']],
  [
    'geofeed',
    lines('# feed', '192.0.2.0/24,DE,DE-BE,Berlin,', '2001:db8::/32,,,,', '198.51.100.1,"FR"'),
    ['192.0.2.0/24', '198.51.100.1/32', '2001:db8::/32'],
  ],
  [
    'dshield',
    lines(
      '# DShield.org Recommended Block List',
      'Start\tEnd\tNetblock\tAttacks\tName\tCountry\temail',
      '124.232.156.0\t124.232.156.255\t24\t6286\tCHINANET-BACKBONE No.31,Jin-rong Street\tCN\tlzl@public.yc.nx.cn',
    ),
    ['124.232.156.0/24'],
  ],
  [
    'p2p',
    lines('Some Network, Inc:1.2.4.0-1.2.4.255', 'A: B; C # 2:1.2.8.1-1.2.8.1', '?:001.002.010.000-001.002.010.255'),
    ['1.2.4.0/24', '1.2.8.1/32', '1.2.10.0/24'],
  ],
  ['p2p', lines('One, Inc:1.2.4.0-1.2.4.255', 'Two, Ltd:1.2.8.1-1.2.8.1'), ['1.2.4.0/24', '1.2.8.1/32']],
  [
    'p2p',
    lines(
      'IPv6 example:2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
      'A: 10:2001:db9::1-2001:db9::2',
      'v4:1.2.8.1-1.2.8.1',
    ),
    ['1.2.8.1/32', '2001:db8::/32', '2001:db9::1/128', '2001:db9::2/128'],
  ],
  [
    'emule',
    lines('2001:db8:: - 2001:db8::ff , 000 , Somebody, Inc', '2001:db9::-2001:db9::1,200,allowed'),
    ['2001:db8::/120'],
  ],
  [
    'emule',
    lines('000.000.000.000 - 000.255.255.255 , 000 , Bogon, "IANA"', '192.0.2.0 - 192.0.2.1 , 128 , allowed'),
    ['0.0.0.0/8'],
  ],
  ['hosts', lines('192.0.2.1 bad.example', '192.0.2.2\tworse.example alias # why'), ['192.0.2.1/32', '192.0.2.2/32']],
  ['nginx', lines('# nginx', 'deny 192.0.2.0/24;', 'deny   2001:db8::/32; # why'), ['192.0.2.0/24', '2001:db8::/32']],
  [
    'routeros',
    lines(
      '# by RouterOS 7',
      '/ip firewall address-list',
      'add list=bad comment="a; \\"b\\" address=9.9.9.9" address=192.0.2.0/24',
      ':do { add list=bad address=192.0.2.9 timeout=1d01:00:00 } on-error={}',
      'add address=192.0.3.0-192.0.3.1 list=bad disabled=yes',
      '/ipv6 firewall address-list add list=bad address=2001:db8::/32 timeout=1w2d',
    ),
    ['192.0.2.0/24', '192.0.2.9/32 for 90000000', '2001:db8::/32 for 777600000'],
  ],
  [
    'routeros',
    lines(
      '# 2026-11-24 10:00:00 by RouterOS 7.16',
      '/ip firewall address-list',
      'add address=192.0.2.0/24 comment="a comment that is longer than the line of the terminal, so tha\\',
      '    t it goes on here" list=bad',
      'add address=192.0.3.0/24 comment=\\',
      '    "#1 of address=9.9.9.9 \\\\" list=bad timeout=\\',
      '    1d',
      'add address=\\',
      '    192.0.4.0/24 list=bad',
    ),
    ['192.0.2.0/24', '192.0.3.0/24 for 86400000', '192.0.4.0/24'],
  ],
  [
    'ipset',
    lines(
      'create bad hash:net family inet hashsize 1024 maxelem 65536 timeout 0 comment',
      'add bad 192.0.2.0/24 timeout 600 comment "add bad 9.9.9.9 timeout 3"',
      'create bad6 hash:ip family inet6',
      'add bad6 2001:db8::1',
    ),
    ['192.0.2.0/24 for 600000', '2001:db8::1/128'],
  ],
  [
    'ipset',
    lines(
      'create bad hash:net family inet hashsize 1024 maxelem 65536 counters comment',
      'flush bad',
      'add bad 192.0.2.0/24 packets 12 bytes 720 comment "see timeout 30"',
      '-A bad 192.0.2.9 -exist',
      'add -exist bad 198.51.100.4-198.51.100.5',
    ),
    ['192.0.2.0/24', '192.0.2.9/32', '198.51.100.4/31'],
  ],
  [
    'ipset',
    lines(
      'Name: bad',
      'Type: hash:net',
      'Revision: 7',
      'Header: family inet hashsize 1024 maxelem 65536 timeout 600 counters comment bucketsize 12 initval 0x3c1bd24e',
      'Size in memory: 1240',
      'References: 0',
      'Number of entries: 2',
      'Members:',
      '192.0.2.0/24 timeout 598 packets 0 bytes 0 comment "why, then"',
      '192.0.2.77 timeout 0',
      '',
      'Name: bad6',
      'Type: hash:ip',
      'Header: family inet6 hashsize 1024 maxelem 65536 bucketsize 12 initval 0x7dcb1a38',
      'Members:',
      '2001:db8::1',
    ),
    ['192.0.2.0/24 for 598000', '192.0.2.77/32', '2001:db8::1/128'],
  ],
  [
    'iptables',
    lines(
      '# Generated by iptables-save v1.8.9 (nf_tables)',
      '*filter',
      ':INPUT ACCEPT [0:0]',
      ':f2b-sshd - [0:0]',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd',
      '[12:720] -A INPUT -s 192.0.2.0/24 -m comment --comment "scan -s 9.9.9.9/32 -j DROP" -j DROP',
      '-A INPUT -m iprange --src-range 198.51.100.4-198.51.100.5 -j DROP',
      '-A INPUT -s 203.0.113.0/24 -p tcp -m tcp --dport 25 -j DROP',
      '-A INPUT ! -s 203.0.113.0/24 -j DROP',
      '-A f2b-sshd -s 192.0.2.9/32 -j REJECT --reject-with icmp-port-unreachable',
      '-A f2b-sshd -j RETURN',
      'COMMIT',
    ),
    ['192.0.2.0/24', '198.51.100.4/31', '192.0.2.9/32'],
  ],
  [
    'iptables',
    lines(
      'iptables -I INPUT -s 192.0.2.1 -j DROP',
      'sudo /usr/sbin/iptables -w -t raw -I PREROUTING 1 --source 192.0.2.2,192.0.2.4 --jump DROP',
      'ip6tables -A INPUT -s 2001:db8::/32 -j DROP',
    ),
    ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.4/32', '2001:db8::/32'],
  ],
  [
    'nft',
    lines(
      '#!/usr/sbin/nft -f',
      'table inet filter {',
      '\tset bad { # elements = { 9.9.9.9 }',
      '\t\ttype ipv4_addr; flags interval,timeout',
      '\t\telements = { 192.0.2.0/24 timeout 1h expires 59m58s500ms,',
      '\t\t\t     198.51.100.1-198.51.100.2 counter packets 3 bytes 180 comment "a, b",',
      '\t\t\t     203.0.113.1 timeout 1d }',
      '\t}',
      '\tchain in { ip saddr { 8.8.8.8 } accept }',
      '}',
    ),
    ['192.0.2.0/24 for 3598500', '198.51.100.1/32', '198.51.100.2/32', '203.0.113.1/32 for 86400000'],
  ],
  [
    'nft',
    'add element inet filter bad { 192.0.2.1, 192.0.2.2 }\nadd element inet filter bad { 192.0.2.3 }\n',
    ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32'],
  ],
  [
    'nft',
    lines(
      'flush set inet filter bad',
      'add set inet filter bad { type ipv4_addr; flags interval; }',
      'add element inet filter bad {',
      '  192.0.2.0/24, # 9.9.9.9, once',
      '  198.51.100.1 timeout 1h comment "timeout 5s, {9.9.9.9}" }',
    ),
    ['192.0.2.0/24', '198.51.100.1/32 for 3600000'],
  ],
  [
    'json',
    JSON.stringify({
      nftables: [
        { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
        {
          set: {
            ...{ family: 'inet', name: 'bad', table: 'filter', type: 'ipv4_addr', handle: 1, flags: ['interval'] },
            elem: [
              '192.0.2.1',
              { prefix: { addr: '198.51.100.0', len: 24 } },
              { range: ['203.0.113.4', '203.0.113.5'] },
              { elem: { val: '192.0.2.9', timeout: 3600, expires: 3599, counter: { packets: 1, bytes: 60 } } },
            ],
          },
        },
        { rule: { family: 'inet', table: 'filter', chain: 'in', expr: [{ drop: null }] } },
      ],
    }),
    ['192.0.2.1/32', '198.51.100.0/24', '203.0.113.4/31', '192.0.2.9/32 for 3599000'],
  ],
  ['csv', lines('"IP","Country","Type"', '"192.0.2.1","DE","malware"'), ['192.0.2.1/32']],
  [
    'csv',
    lines(
      '# Feodo Tracker',
      '"first_seen_utc","dst_ip","dst_port","c2_status","malware"',
      '"2021-01-17 07:30:05","192.0.2.7","443","online","Dridex"',
      '# END',
    ),
    ['192.0.2.7/32'],
  ],
  ['csv', lines('start_ip,end_ip,country', '192.0.2.0,192.0.2.127,DE'), ['192.0.2.0/25']],
  ['csv', lines('ip', '192.0.2.1'), ['192.0.2.1/32']],
  ['csv', lines('"ip";"note, if any"', '"192.0.2.1";"a, b"', '192.0.2.2;x'), ['192.0.2.1/32', '192.0.2.2/32']],
  [
    'csv',
    lines('ip_from\tip_to\tcountry', '192.0.2.0\t192.0.2.127\tDE, EU', '2001:db8::\t2001:db8::ff\t"D\tE"'),
    ['192.0.2.0/25', '2001:db8::/120'],
  ],
  ['json', '["192.0.2.1", "2001:db8::/32"]', ['192.0.2.1/32', '2001:db8::/32']],
  [
    'json',
    JSON.stringify(
      {
        syncToken: '1',
        createDate: 'x',
        prefixes: [{ ip_prefix: '3.5.140.0/22', region: 'x' }],
        ipv6_prefixes: [{ ipv6_prefix: '2600:1f00::/40' }],
      },
      null,
      2,
    ),
    ['3.5.140.0/22', '2600:1f00::/40'],
  ],
  [
    'json',
    JSON.stringify({
      syncToken: '1',
      creationTime: 'x',
      prefixes: [{ ipv4Prefix: '8.8.4.0/24' }, { ipv6Prefix: '2001:4860::/32' }],
    }),
    ['8.8.4.0/24', '2001:4860::/32'],
  ],
  [
    'json',
    JSON.stringify({ asn: 1234, handle: 'FORTUM', subnets: { ipv4: ['132.171.0.0/16'], ipv6: ['2405:1800::/32'] } }),
    ['132.171.0.0/16', '2405:1800::/32'],
  ],
  [
    'json',
    JSON.stringify(
      {
        changeNumber: 250,
        cloud: 'Public',
        values: [
          {
            name: 'ActionGroup',
            id: 'ActionGroup',
            properties: {
              changeNumber: 38,
              region: '',
              platform: 'Azure',
              addressPrefixes: ['4.145.74.52/30', '2603:1000:4:10c::6c0/122'],
              networkFeatures: ['API', 'NSG'],
            },
          },
          { name: 'Empty', properties: { addressPrefixes: [], networkFeatures: [] } },
          { name: 'AzureBackup', properties: { addressPrefixes: ['20.21.32.0/26'], networkFeatures: ['API'] } },
        ],
      },
      null,
      2,
    ),
    ['4.145.74.52/30', '20.21.32.0/26', '2603:1000:4:10c::6c0/122'],
  ],
  [
    'json',
    JSON.stringify({
      verifiable_password_authentication: false,
      ssh_key_fingerprints: { SHA256_ECDSA: 'p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM' },
      ssh_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
      hooks: ['192.30.252.0/22', '2606:50c0::/32'],
      actions: ['4.148.0.0/16'],
      domains: { website: ['*.github.com', 'github.com'], actions_inbound: { full_domains: ['github.com'] } },
    }),
    ['192.30.252.0/22', '4.148.0.0/16', '2606:50c0::/32'],
  ],
  [
    'json',
    JSON.stringify({
      result: {
        ipv4_cidrs: ['173.245.48.0/20'],
        ipv6_cidrs: ['2400:cb00::/32'],
        etag: '38f79d050aa027e3be3865e495dcc9bc',
      },
      success: true,
      errors: [],
      messages: [],
    }),
    ['173.245.48.0/20', '2400:cb00::/32'],
  ],
  [
    'json',
    JSON.stringify({ addresses: ['23.235.32.0/20', '43.249.72.0/22'], ipv6_addresses: ['2a04:4e40::/32'] }),
    ['23.235.32.0/20', '43.249.72.0/22', '2a04:4e40::/32'],
  ],
  [
    'json',
    JSON.stringify({
      last_updated_timestamp: '2026-11-20T10:00:00.000000',
      regions: [
        {
          region: 'us-phoenix-1',
          cidrs: [
            { cidr: '129.146.0.0/21', tags: ['OCI'] },
            { cidr: '134.70.8.0/21', tags: ['OBJECT_STORAGE', 'OSN'] },
          ],
        },
        { region: 'eu-madrid-1', cidrs: [] },
      ],
    }),
    ['129.146.0.0/21', '134.70.8.0/21'],
  ],
  [
    'json',
    JSON.stringify({
      creationDate: 'x',
      items: [
        { network: '104.192.136.0', mask_len: 21, cidr: '104.192.136.0/21', mask: '255.255.248.0', region: ['global'] },
      ],
    }),
    ['104.192.136.0/21'],
  ],
  [
    'json',
    JSON.stringify({
      description: 'x',
      list: ['192.0.2.0/24', '2001:db8::/32'],
      matching_attributes: ['ip-src'],
      name: 'x',
      type: 'cidr',
      version: 1,
    }),
    ['192.0.2.0/24', '2001:db8::/32'],
  ],
  [
    'json',
    lines(
      '{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}',
      '{"cidr":"2.56.192.0/22","sblid":"SBL459831","rir":"ripencc"}',
      '{"type":"metadata","timestamp":1,"size":99,"records":2,"copyright":"x"}',
    ),
    ['1.10.16.0/20', '2.56.192.0/22'],
  ],
];
