import { expect, it } from 'vitest';
import { messageOf } from './errors.ts';

it('says why for each address, when a name has several and none answers', () => {
  expect(messageOf(new AggregateError([new Error('refused at ::1'), new Error('refused at 127.0.0.1')]))).toBe(
    'refused at ::1; refused at 127.0.0.1',
  );
});

it('gives the message of whatever was thrown', () => {
  expect(messageOf(new Error('broken'))).toBe('broken');
  expect(messageOf(new AggregateError([new Error('inside')], 'its own'))).toBe('its own');
  expect(messageOf('a text')).toBe('a text');
});
