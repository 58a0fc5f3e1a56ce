import { expect, test } from 'vitest';
import { parseServerInfo, serverNotes, serverProblem } from '../../../src/batch/queue/server-facts.js';

test('parseServerInfo takes what INFO says, whatever else it says', () => {
  const info = '# Server\r\nredis_version:7.0.15\r\nold_redis_version:1\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n';
  expect(parseServerInfo(info)).toEqual({ version: '7.0.15', policy: 'noeviction' });
  expect(parseServerInfo('')).toEqual({ version: '', policy: '' });
});

test('an old server is refused, an older one than recommended noted', () => {
  const of = (version: string) => ({ version, policy: 'noeviction' });
  expect(serverProblem(of('4.0.14'))).toBe('it is Redis 4.0.14, and BullMQ needs 5.0.0 or later');
  for (const version of ['5.0.0', '7.2.4', '10.0.0', '']) expect(serverProblem(of(version))).toBeUndefined();
  expect(serverNotes(of('6.0.16'))).toEqual(['it is Redis 6.0.16; BullMQ recommends 6.2.0 or later']);
  expect(serverNotes(of('6.2.0'))).toEqual([]);
});

test('a server that may throw jobs away is noted', () => {
  expect(serverNotes({ version: '7.0.0', policy: 'allkeys-lru' })[0]).toContain('maxmemory-policy is allkeys-lru');
});
