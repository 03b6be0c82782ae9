// How many addresses detectors block, by origin and selector. It is asked for with every message of every host, so it is counted as claims
// come and go: by the writer alone, in memory, so that a change that is rolled back takes its part back.
import type { Connection } from '../file/connection.ts';
import { integer } from '../file/rows.ts';

/** Origins of detectors are KIND:NAME. */
const REPORTED = (row: string) => `${row}.action = 'block' AND instr(${row}.origin, ':') > 0`;
/** Selectors that are counted in the row of the selector '' as well: its sum is what all hosts have. */
const ONE_HOST = (row = '') => `${row}selector LIKE 'host:%' AND instr(${row}selector, ',') = 0`;

/** On the connection that writes, before its first transaction. */
export function countReportedClaims(writer: Connection): void {
  writer.exec(`
CREATE TEMP TABLE reported (
  selector TEXT NOT NULL,
  origin TEXT NOT NULL,
  claims INTEGER NOT NULL,
  PRIMARY KEY (selector, origin)
) STRICT, WITHOUT ROWID;
INSERT INTO reported SELECT selector, origin, count(*) FROM claim
  WHERE ${REPORTED('claim')} GROUP BY selector, origin;
INSERT INTO reported SELECT '', origin, sum(claims) FROM reported WHERE ${ONE_HOST()} GROUP BY origin;
CREATE TEMP TRIGGER reported_more AFTER INSERT ON main.claim WHEN ${REPORTED('new')} BEGIN
  INSERT INTO reported VALUES (new.selector, new.origin, 1)
    ON CONFLICT (selector, origin) DO UPDATE SET claims = claims + 1;
  INSERT INTO reported SELECT '', new.origin, 1 WHERE ${ONE_HOST('new.')}
    ON CONFLICT (selector, origin) DO UPDATE SET claims = claims + 1;
END;
CREATE TEMP TRIGGER reported_fewer AFTER DELETE ON main.claim WHEN ${REPORTED('old')} BEGIN
  UPDATE reported SET claims = claims - 1 WHERE selector = old.selector AND origin = old.origin;
  UPDATE reported SET claims = claims - 1 WHERE selector = '' AND origin = old.origin AND ${ONE_HOST('old.')};
END;`);
}

/** As ClaimTx.reported, on the same connection. */
export function reportedClaims(writer: Connection, origins: string, own: string): { all: number; mine: number } {
  // ';' is the character behind ':'.
  const beyond = origins.endsWith(':') ? `${origins.slice(0, -1)};` : `${origins}\u0000`;
  const row = writer
    .prepare(
      `SELECT coalesce(sum(claims) FILTER (WHERE selector = ?1), 0) AS mine,
         coalesce(sum(claims) FILTER (WHERE selector = '' OR NOT (${ONE_HOST()})), 0) AS "all"
       FROM reported WHERE selector IN ('', ?1) AND origin >= ?2 AND origin < ?3`,
    )
    .get(own, origins, beyond);
  return row ? { all: integer(row, 'all'), mine: integer(row, 'mine') } : { all: 0, mine: 0 };
}
