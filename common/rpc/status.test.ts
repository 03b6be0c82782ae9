import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { type ErrorDetails, FleetblockError, refusedText } from '../errors.ts';
import { DETAILS, outcomeOf } from './status.ts';
import { toStatus } from './to-status.ts';

const details: ErrorDetails = {
  refused: [
    { row: 2, prefix: '127.0.0.1/32', text: '127.0.0.1/32 covers loopback \u2013 \u20ac' },
    { row: 5, prefix: '2.0.0.0/7', text: 'too wide' },
  ],
  refusedCount: 3,
  advice: 'leave them out',
};

/** As a client gets it. */
function received(metadata: Metadata) {
  return outcomeOf({
    'grpc-status': '9',
    'grpc-message': 'refused',
    [DETAILS]: `${metadata.toHttp2Headers()[DETAILS]}`,
  });
}

describe("an error's details", () => {
  it('arrive beside its code and text', () => {
    const status = toStatus(new FleetblockError('FAILED_PRECONDITION', 'refused', { details }));
    expect(status.metadata.get(DETAILS)).toHaveLength(1);
    expect(received(status.metadata)).toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'refused',
      details,
    });
  });

  it.each(['', '{', 'null', '{"refused":1}', '{"refused":[{}],"refusedCount":1,"advice":""}'])(
    'that make no sense are none: %j',
    (text) => {
      const metadata = new Metadata();
      metadata.set(DETAILS, Buffer.from(text));
      expect(received(metadata)).toMatchObject({ code: 'FAILED_PRECONDITION', details: undefined });
    },
  );

  it('are named by what the reader calls a row, and counted', () => {
    expect(refusedText(details, (row) => `line ${row * 2}`)).toBe(
      'refused: line 4: 127.0.0.1/32 covers loopback \u2013 \u20ac; line 10: too wide (and 1 more); leave them out',
    );
  });
});
