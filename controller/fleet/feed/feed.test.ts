import { beforeEach, describe, expect, it } from 'vitest';
import { Feed } from './feed.ts';

class FakeSink {
  written: string[] = [];
  /** Writes that are taken before it says stop. */
  room = Number.POSITIVE_INFINITY;

  write(message: Buffer): boolean {
    this.written.push(message.toString());
    return --this.room > 0;
  }
}

const digest = new Uint8Array(8);
let sink: FakeSink;
let feed: Feed;
let done: string[];
beforeEach(() => {
  sink = new FakeSink();
  feed = new Feed(sink, 10n, 3);
  done = [];
});

const offer = (to: bigint, ...messages: string[]) =>
  feed.offer({
    to,
    digest,
    messages: messages.map((text) => Buffer.from(text))[Symbol.iterator](),
    done: () => done.push(`${to}`),
  });

it('writes at once, in order, and plans from what it has sent', () => {
  expect(feed.planned).toBe(10n);
  offer(11n, 'a');
  offer(12n, 'b1', 'b2');
  expect(sink.written).toEqual(['a', 'b1', 'b2']);
  expect(feed.planned).toBe(12n);
  expect(done).toEqual(['11', '12']);
  expect(feed.takeReply()).toMatchObject({ to: 11n });
  expect(feed.idle).toBe(false);
  expect(feed.takeReply()).toMatchObject({ to: 12n });
  expect(feed.idle).toBe(true);
  expect(feed.takeReply()).toBeUndefined();
});

it('faults row 43: a loose shipment moves no revision, and a restart neither drops it nor makes its reply stale', () => {
  const loose = (to: bigint, text: string) =>
    feed.offer({ to, digest, messages: [Buffer.from(text)][Symbol.iterator](), loose: true });
  offer(11n, 'a');
  loose(12n, 'b');
  expect(feed.planned).toBe(11n);
  expect(feed.takeReply()).toMatchObject({ to: 11n });
  sink.room = 0;
  offer(13n, 'c');
  loose(14n, 'd');
  feed.restart(10n);
  sink.room = Number.POSITIVE_INFINITY;
  feed.onReady();
  expect(sink.written).toEqual(['a', 'b', 'c', 'd']);
  expect(feed.planned).toBe(10n);
  expect([1, 2, 3].map(() => feed.takeReply())).toMatchObject([{ to: 12n }, 'stale', { to: 14n }]);
  expect(feed.idle).toBe(true);
});

it('stops when the stream is full and continues where it stopped', () => {
  sink.room = 2;
  offer(11n, 'a', 'b', 'c');
  expect(sink.written).toEqual(['a', 'b']);
  sink.room = 1;
  feed.onReady();
  // The last message of a shipment is known as the last while the stream is full: its ack may come now.
  expect(sink.written).toEqual(['a', 'b', 'c']);
  expect(feed.takeReply()).toMatchObject({ to: 11n });
});

it('keeps a reply until the stream takes it, before what else waits', () => {
  const reply = (text: string) => feed.reply(Buffer.from(text), () => done.push(text));
  sink.room = 1;
  offer(11n, 'a', 'b');
  reply('r');
  expect(sink.written).toEqual(['a']);
  expect(done).toEqual([]);
  sink.room = 1;
  feed.onReady();
  expect(sink.written).toEqual(['a', 'r']);
  expect(done).toEqual(['r']);
  sink.room = Number.POSITIVE_INFINITY;
  feed.onReady();
  reply('s');
  expect(sink.written).toEqual(['a', 'r', 'b', 's']);
  expect(done).toEqual(['r', '11', 's']);
});

describe('faults row 25: a slow reader', () => {
  it('is refused more than the queue holds, and loses nothing that is half out', () => {
    sink.room = 1;
    offer(11n, 'a1', 'a2');
    expect(offer(12n, 'b')).toBe(true);
    expect(offer(13n, 'c')).toBe(true);
    expect(offer(14n, 'd')).toBe(false);
    feed.dropUnsent();
    expect(done).toEqual(['12', '13']);
    expect(feed.planned).toBe(11n);
    sink.room = 9;
    feed.onReady();
    expect(sink.written).toEqual(['a1', 'a2']);
    expect(feed.planned).toBe(11n);
  });

  it('is refused more than it may leave unanswered', () => {
    for (const to of [11n, 12n, 13n]) expect(offer(to, `${to}`)).toBe(true);
    expect(offer(14n, '14')).toBe(false);
    feed.takeReply();
    expect(offer(14n, '14')).toBe(true);
  });
});

it('passes over the replies to what was sent before a restart', () => {
  offer(11n, 'a');
  offer(12n, 'b');
  expect(feed.takeReply()).toMatchObject({ to: 11n });
  feed.restart(10n);
  expect(feed.planned).toBe(10n);
  offer(13n, 'snapshot');
  expect(feed.takeReply()).toBe('stale');
  expect(feed.takeReply()).toMatchObject({ to: 13n });
  expect(feed.idle).toBe(true);
});

it('finishes a shipment that was half out at a restart, and passes over its reply', () => {
  sink.room = 1;
  offer(11n, 'a1', 'a2');
  feed.restart(10n);
  offer(12n, 'snapshot');
  sink.room = 9;
  feed.onReady();
  expect(sink.written).toEqual(['a1', 'a2', 'snapshot']);
  expect(feed.planned).toBe(12n);
  expect(feed.takeReply()).toBe('stale');
  expect(feed.takeReply()).toMatchObject({ to: 12n });
});

it('gives everything back when the stream is gone', () => {
  sink.room = 1;
  offer(11n, 'a1', 'a2');
  offer(12n, 'b');
  feed.abandon();
  expect(done).toEqual(['11', '12']);
  expect(feed.idle).toBe(true);
});
