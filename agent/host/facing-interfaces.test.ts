import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FacingInterfaces } from './facing-interfaces.ts';

let stateDir: string;
let routes: string[];
let nowMs: number;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'fleetblock-facing-'));
  routes = [];
  nowMs = 0;
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const opened = () =>
  new FacingInterfaces({
    stateDir,
    routes: () => routes,
    isReadable: (name) => !name.startsWith('wg'),
    nowMs: () => nowMs,
  });

it('takes the interfaces of default routes, and keeps them when the route goes elsewhere', () => {
  routes = ['eth0', 'eth0'];
  const facing = opened();
  expect(facing.names()).toEqual(['eth0']);
  routes = ['eth1'];
  expect(facing.names()).toEqual(['eth0']);
  nowMs += 10_000;
  expect(facing.names()).toEqual(['eth0', 'eth1']);
});

it('knows at the next boot, before there is a route', () => {
  routes = ['eth0'];
  opened().names();
  routes = [];
  expect(opened().names()).toEqual(['eth0']);
});

it('passes over a tunnel without Ethernet headers', () => {
  routes = ['wg0', 'eth0'];
  expect(opened().names()).toEqual(['eth0']);
});

it('looks at the routes each time while there is none, and outlasts a record that is no JSON', () => {
  writeFileSync(join(stateDir, 'interfaces.json'), 'eth0');
  const facing = opened();
  expect(facing.names()).toEqual([]);
  routes = ['eth0'];
  expect(facing.names()).toEqual(['eth0']);
});

it('takes them although they cannot be recorded, and records them once that works', () => {
  routes = ['eth0'];
  rmSync(stateDir, { recursive: true });
  const facing = opened();
  expect(facing.names()).toEqual(['eth0']);
  mkdirSync(stateDir);
  nowMs += 10_000;
  facing.names();
  routes = [];
  expect(opened().names()).toEqual(['eth0']);
});

it('takes no name from the record that no interface can have', () => {
  writeFileSync(join(stateDir, 'interfaces.json'), '{"interfaces":["eth0/../x"]}');
  expect(opened().names()).toEqual([]);
});
