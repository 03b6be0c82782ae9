// What every store keeps of who did what.
import { expect, it } from 'vitest';
import type { AuditFilter } from '../port/audit.ts';
import { BY, gathered, type Harness } from './harness.ts';

/** The audit beside every change, as a chain. */
export function auditContract(h: Harness): void {
  it('keeps an audit record with every change, and of nothing that did not happen', async () => {
    await h.add(['198.51.100.1'], { reason: 'scanner' });
    await h.add(['198.51.100.1'], { reason: 'scanner' });
    await h.store.revokeHost('nobody', BY).catch(() => {});
    await h.store.recordAudit({ actor: 'agent/x', verb: 'refused', subject: 'Block', reason: '' });
    const all = await gathered(h.store.audit({}));
    expect(all.map(({ actor, verb, reason, revision }) => ({ actor, verb, reason, revision }))).toEqual([
      { actor: 'admin/alice', verb: 'block', reason: 'scanner', revision: 1n },
      { actor: 'agent/x', verb: 'refused', reason: '', revision: 0n },
    ]);
    expect(all[0]?.subject).toContain('198.51.100.1/32');
    expect(await gathered(h.store.audit({ verb: 'block', last: 5 }))).toHaveLength(1);
  });

  it('finds records by who, what, when and about what', async () => {
    for (const subject of ['web1', 'web10', '203.0.113.0/24 on all']) {
      await h.store.recordAudit({ actor: `agent/${subject}`, verb: 'refused', subject, reason: '' });
      h.clock.now += 10;
    }
    const found = async (filter: AuditFilter) =>
      (await gathered(h.store.audit(filter))).map(({ sequence }) => sequence);
    expect(await found({ subject: 'web1' })).toEqual([1, 2]);
    expect(await found({ host: 'web1' })).toEqual([1]);
    expect(await found({ prefix: '203.0.113.0/24' })).toEqual([3]);
    expect(await found({ prefix: '3.0.113.0/24' })).toEqual([]);
    expect(await found({ sinceMs: h.clock.now - 20, untilMs: h.clock.now - 10 })).toEqual([2]);
    expect(await found({ actor: 'agent/web10' })).toEqual([2]);
    expect(await found({ afterSequence: 1 })).toEqual([2, 3]);
    expect(await found({ last: 2 })).toEqual([2, 3]);
  });

  it('is one chain, whose end says how long it is, through a restart', async () => {
    expect(await h.store.auditHead()).toMatchObject({ sequence: 0 });
    await h.add(['198.51.100.1']);
    await h.reopen();
    await h.remove(['198.51.100.1']);
    const { sequence, hash } = await h.store.auditHead();
    expect(sequence).toBe(2);
    const verdict = await h.store.verifyAudit();
    expect({ ...verdict, head: Buffer.from(verdict.head) }).toEqual({
      records: 2,
      head: Buffer.from(hash),
      brokenAt: undefined,
    });
  });
}
