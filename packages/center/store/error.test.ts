import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClickHouseError } from '@clickhouse/client';
import { StoreError, storeErrorOf } from './error.ts';

const clickhouse = (code: string, message: string): Error => new ClickHouseError({ code, message, type: 'X' });
const system = (code: string, message = code): Error => Object.assign(new Error(message), { code });

test('storeErrorOf: one sentence and one word for what databases, sockets and disks say', () => {
  const table: readonly [error: unknown, kind: StoreError['kind'], message: string][] = [
    [system('ECONNREFUSED'), 'unreachable', 'Cannot reach the database: nobody listens at its address'],
    [
      new AggregateError([system('ECONNREFUSED')], 'connect ECONNREFUSED'),
      'unreachable',
      'Cannot reach the database: nobody listens at its address',
    ],
    [system('ENOTFOUND', 'getaddrinfo'), 'unreachable', 'Cannot reach the database: its name is not known'],
    [new Error('socket hang up'), 'unreachable', 'Cannot reach the database: the connection broke'],
    [new Error('Timeout error.'), 'timeout', 'Cannot store segment x/12: the database took too long'],
    [clickhouse('159', 'Timeout exceeded'), 'timeout', 'Cannot store segment x/12: the database took too long'],
    [clickhouse('241', 'Memory limit'), 'timeout', 'Cannot store segment x/12: the database has no memory left'],
    [clickhouse('243', 'Cannot reserve'), 'disk_full', 'Cannot store segment x/12: disk is full'],
    [
      clickhouse('75', 'Cannot write: errno: 28, No space left on device'),
      'disk_full',
      'Cannot store segment x/12: disk is full',
    ],
    [system('ENOSPC'), 'disk_full', 'Cannot store segment x/12: disk is full'],
    [
      clickhouse('60', 'Table flows does not exist\nsecond line'),
      'refused',
      'Cannot store segment x/12: Table flows does not exist',
    ],
    ['thrown text', 'refused', 'Cannot store segment x/12: thrown text'],
  ];
  for (const [error, kind, message] of table) {
    const made = storeErrorOf('store segment x/12', error);
    assert.deepEqual([made.kind, made.message], [kind, message]);
    assert.equal(made.cause, error);
  }
  const own = new StoreError('refused', 'Cannot do it: no');
  assert.equal(storeErrorOf('do anything', own), own);
});
