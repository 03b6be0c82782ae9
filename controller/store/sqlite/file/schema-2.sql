-- A store of schema 2 as the program of that schema wrote it, with claims, a list, a host, tokens, an operator and a change that waits:
-- migrations.test.ts brings it to this version.
BEGIN TRANSACTION;
CREATE TABLE meta (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  history_floor INTEGER NOT NULL,
  clean INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES(1,'f9289c499fd3656bcc04c0f17f0d594f',6,0,1);
CREATE TABLE claim (
  family INTEGER NOT NULL CHECK (family IN (4, 6)),
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('block', 'allow')),
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  monitor INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
INSERT INTO claim VALUES(4,X'c6336401',32,'allow','manual','all','since 2','admin/alice',1795176000000,0,0,3277038330);
INSERT INTO claim VALUES(4,X'cb007100',29,'block','manual','all','since 2','admin/alice',1795176000000,0,0,4278097598);
INSERT INTO claim VALUES(4,X'cb007101',32,'block','manual','all','since 2','admin/alice',1795176000000,0,0,3081523120);
INSERT INTO claim VALUES(4,X'cb007132',32,'block','manual','all','since 2','admin/alice',1795176000000,4102444800000,0,3015521209);
INSERT INTO claim VALUES(4,X'cb007163',32,'block','manual','all','since 2','admin/alice',1795176000000,4102444800000,0,1031504773);
INSERT INTO claim VALUES(6,X'20010db8000000000000000000000000',32,'block','manual','all','since 2','admin/alice',1795176000000,0,0,3381231778);
CREATE TABLE list (
  name TEXT PRIMARY KEY,
  action TEXT NOT NULL,
  selector TEXT NOT NULL,
  monitor INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  buckets INTEGER NOT NULL
) STRICT;
INSERT INTO list VALUES('feed','block','all',0,'since 2','admin/alice',1795176000000,1795176000000,3,1);
CREATE TABLE list_chunk (
  name TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
  bucket INTEGER NOT NULL,
  rows BLOB NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (name, bucket)
) STRICT;
INSERT INTO list_chunk VALUES('feed',0,X'02000000002d0000072d0001002018010000000020010db800770000000000000000000030162fb877',0);
CREATE TABLE layer (
  id TEXT PRIMARY KEY,
  selector TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO layer VALUES('claims all','all',4);
INSERT INTO layer VALUES('list:feed all','all',5);
CREATE TABLE touched (
  revision INTEGER NOT NULL,
  layer TEXT NOT NULL,
  rows INTEGER NOT NULL,
  keys BLOB,
  PRIMARY KEY (revision, layer)
) STRICT;
INSERT INTO touched VALUES(1,'claims all',3,X'0200000000cb007101cb007100201d010000000020010db80000000000000000000000002055738a0c');
INSERT INTO touched VALUES(2,'claims all',1,X'0100000000cb00716320000000000019ef7f33');
INSERT INTO touched VALUES(3,'claims all',1,X'0100000001c633640120010000000000ac736ada');
INSERT INTO touched VALUES(4,'claims all',1,X'0100000000cb0071322000000000001a0dddb6');
INSERT INTO touched VALUES(5,'list:feed all',3,X'02000000002d0000072d0001002018010000000020010db800770000000000000000000030162fb877');
CREATE TABLE host (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL,
  identity_since_ms INTEGER NOT NULL,
  labels_revision INTEGER NOT NULL
) STRICT;
INSERT INTO host VALUES('id-web1','web1','{"env":"prod","role":"web"}',1795176000000,0,1795176000000,6);
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL CHECK (uses <= max_uses),
  labels TEXT NOT NULL,
  host_name TEXT NOT NULL,
  keep_identity INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL
) STRICT;
INSERT INTO token VALUES('host-token',X'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b','admin/alice',1795176000000,4102444800000,3,1,'{"env":"prod"}','',0,0);
CREATE TABLE operator (
  serial TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL
) STRICT;
INSERT INTO operator VALUES('ab01','bob','operator',1795176000000,4102444800000,0);
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  hash BLOB NOT NULL,
  source TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO audit VALUES(1,1795176000000,'admin/alice','block','203.0.113.1/32 203.0.113.0/29 2001:db8::/32 on all','since 2',1,X'c6add5dbf376b6fb9b582b7ff93657085a187ea39c2ea493bd6d0ba326cdad5c','192.0.2.1:5');
INSERT INTO audit VALUES(2,1795176000000,'admin/alice','block','203.0.113.99/32 on all','since 2',2,X'3c7af8b127c95e32e5fa44a14d5c40e0382237ba46dd744924a7db76f4a9d032','192.0.2.1:5');
INSERT INTO audit VALUES(3,1795176000000,'admin/alice','allow.add','198.51.100.1/32 on all','since 2',3,X'024fd1b0f0007da17fd64a92f508e8935dc05bba3a24af104659cf48a55e2001','192.0.2.1:5');
INSERT INTO audit VALUES(4,1795176000000,'admin/alice','block','203.0.113.50/32 on all (undone unless waiter is confirmed within 3814w6d)','since 2',4,X'6f4d12f431abd0dcc4c02eccfd8be29807afd2cfc18b9a262ba5972b05ee9277','192.0.2.1:5');
INSERT INTO audit VALUES(5,1795176000000,'admin/alice','import','list:feed on all: 3 rows, +3 ~0 -0','since 2',5,X'9f2f42a94e212861dfe996ebcc47c2dec73d5783fe1a83e948591989442b51a5','192.0.2.1:5');
INSERT INTO audit VALUES(6,1795176000000,'admin/alice','token.create','host-token','since 2',0,X'2e06a6993c883afa7235d1401785f93b98a1689d447a3ec1f1b131d1f9e869a9','192.0.2.1:5');
INSERT INTO audit VALUES(7,1795176000000,'token/host-token','enroll','web1 (id-web1) from 192.0.2.9:1','',6,X'6a707d0429f7ed12bad330bf3dbef732639a13e03e502110f98d84aea6bd943c','');
INSERT INTO audit VALUES(8,1795176000000,'admin/alice','operator.add','bob (operator, serial ab01)','since 2',0,X'1f528ab91880a3c623557a5a6074cdef6df6525d6fce7964365f862bb634e384','192.0.2.1:5');
INSERT INTO audit VALUES(9,1795176000000,'admin/alice','operator.token','unused for unused (viewer)','since 2',0,X'ad04222e43fc4814940c4f5349a0d1247ffbf521da0a0165771131ddc10f6ec5','192.0.2.1:5');
INSERT INTO audit VALUES(10,1795176000000,'admin/alice','operator.token','used for used (viewer)','since 2',0,X'1fa64b942ccde2263aa5a4b0fcfd8bc3ad96f04b92984717c4fd06d9842fe66f','192.0.2.1:5');
CREATE TABLE confirmation (
  id TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  deadline_ms INTEGER NOT NULL,
  forced INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'undone', 'replaced')),
  decided_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO confirmation VALUES('waiter','admin/alice','since 2',1795176000000,4102444800000,0,'waiting',0);
CREATE TABLE confirmation_claim (
  id TEXT NOT NULL REFERENCES confirmation (id) ON DELETE CASCADE,
  family INTEGER NOT NULL,
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL,
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  final_expires_ms INTEGER NOT NULL,
  final_reason TEXT NOT NULL,
  former TEXT NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
INSERT INTO confirmation_claim VALUES('waiter',4,X'cb007132',32,'block','manual','all',0,'since 2','');
CREATE TABLE operator_token (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  ttl_ms INTEGER NOT NULL,
  used_for BLOB
) STRICT, WITHOUT ROWID;
INSERT INTO operator_token VALUES('unused',X'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b','admin/alice',1795176000000,4102444800000,'unused','viewer',86400000,NULL);
INSERT INTO operator_token VALUES('used',X'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b','admin/alice',1795176000000,4102444800000,'used','viewer',86400000,X'2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683');
CREATE TABLE enrolled_key (
  token_id TEXT NOT NULL,
  key_hash BLOB NOT NULL,
  host_id TEXT NOT NULL,
  PRIMARY KEY (token_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_expiry ON claim (expires_ms) WHERE expires_ms > 0;
CREATE INDEX claim_origin ON claim (origin);
CREATE INDEX list_chunk_expiry ON list_chunk (expires_ms) WHERE expires_ms > 0;
CREATE UNIQUE INDEX host_name ON host (name) WHERE revoked_ms = 0;
CREATE INDEX audit_time ON audit (at_ms);
CREATE INDEX confirmation_deadline ON confirmation (deadline_ms) WHERE state = 'waiting';
CREATE INDEX confirmation_claim_id ON confirmation_claim (id);
COMMIT;
PRAGMA user_version = 2;
