import { expect, it } from 'vitest';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';

it.each([
  ['10.0.0.5:7443', '10.0.0.5', 7443],
  ['[2001:db8::5]:0', '2001:db8::5', 0],
  ['controller.example.com:65535', 'controller.example.com', 65535],
  ['localhost:1', 'localhost', 1],
])('%s is read and written back', (text, host, port) => {
  expect(parseEndpoint(text)).toEqual({ host, port });
  expect(formatEndpoint({ host, port })).toBe(text);
});

it.each([
  '',
  ':7443',
  '10.0.0.5',
  '10.0.0:1',
  '10.0.0.5:',
  '10.0.0.5:65536',
  '::1:80',
  '[10.0.0.5]:80',
  '[::1]',
  'a b:1',
  'a..b:1',
  '-a:1',
  'http://a:1',
])('%j is refused, naming the form', (text) => {
  expect(() => parseEndpoint(text)).toThrow(/is not an address with a port: write one like/);
});

it('refuses a long impossible name at once', () => {
  // With a pattern that can cut it in many ways this takes practically forever.
  expect(() => parseEndpoint(`${'a'.repeat(252)}!:1`)).toThrow(/is not an address/);
  expect(() => parseEndpoint(`${'a'.repeat(250)}-:1`)).toThrow(/is not an address/);
});
