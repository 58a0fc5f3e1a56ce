import { describe, expect, test } from 'vitest';
import { maskedUrl, readRedisAddress, withoutSecrets } from '../../../src/batch/queue/redis-address.js';

const read = (url: string | undefined, env: NodeJS.ProcessEnv = {}) => readRedisAddress(url, env);

describe('readRedisAddress', () => {
  test('all parts of a URL', () => {
    expect(read('rediss://me:p%40ss@redis.example:6390/3')).toEqual({
      place: { host: 'redis.example', port: 6390 },
      isEncrypted: true,
      database: 3,
      username: 'me',
      password: 'p@ss',
    });
    expect(read('redis://[::1]')).toMatchObject({
      place: { host: '::1', port: 6379 },
      isEncrypted: false,
      database: 0,
    });
    expect(read('unix:///run/redis.sock')).toMatchObject({ place: { socket: '/run/redis.sock' } });
  });

  test('the environment gives what the flag does not', () => {
    expect(read(undefined, { GGUFIX_QUEUE_URL: 'redis://a', REDIS_PASSWORD: 'x' })).toMatchObject({
      place: { host: 'a', port: 6379 },
      password: 'x',
    });
    expect(read('redis://:own@a', { REDIS_PASSWORD: 'x' }).password).toBe('own');
  });

  test.each([
    undefined,
    'node1:6379',
    'http://s3cret@host',
    'redis://u:s3cret@',
    'redis://u:s3cret@host:99999999',
    'redis://u:s3cret@host/name',
    'redis://u:s3cret@host?password=s3cret',
    'redis://u:s3cret%@host',
    'unix://host/path',
  ])('refuses %s without repeating it', (url) => {
    expect(() => read(url)).toThrow(expect.objectContaining({ code: 'bad-option' }));
    expect(() => read(url)).not.toThrow(/s3cret/);
  });
});

test('maskedUrl tells the place and nothing else', () => {
  const masked = (url: string) => maskedUrl(read(url));
  expect(masked('rediss://me:secret@h:1/2')).toBe('rediss://***@h:1/2');
  expect(masked('redis://[::1]')).toBe('redis://[::1]:6379');
  expect(maskedUrl(read('redis://h', { REDIS_PASSWORD: 'x' }))).toBe('redis://***@h:6379');
  expect(masked('unix:///run/redis.sock')).toBe('unix:///run/redis.sock');
});

test('withoutSecrets: as they are and as a URL has them', () => {
  const address = read('redis://somebody:p%40ss@h');
  expect(withoutSecrets(address, 'AUTH somebody p@ss at redis://somebody:p%40ss@h')).toBe(
    'AUTH *** *** at redis://***:***@h',
  );
});
