import { badOption } from '../../errors.js';

/** Where Redis is, and what it wants to hear. Never print one: `maskedUrl` is for that. */
export interface RedisAddress {
  /** Host and port, or the path of a Unix socket. */
  readonly place: { readonly host: string; readonly port: number } | { readonly socket: string };
  readonly isEncrypted: boolean;
  /** Number of the database. */
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Reads `redis://[[user]:password@]host[:port][/database]`, `rediss://` for TLS, or `unix:///path/of.sock`. Without a URL
 * `GGUFIX_QUEUE_URL` counts, without a password in it `REDIS_PASSWORD`. Throws `bad-option`, and never repeats the URL there.
 */
export function readRedisAddress(text: string | undefined, env: NodeJS.ProcessEnv): RedisAddress {
  const given = text ?? env['GGUFIX_QUEUE_URL'] ?? '';
  if (given === '') throw badOption('no queue: give --queue redis://host or set GGUFIX_QUEUE_URL');
  // What does not parse may still hold a password.
  if (!URL.canParse(given)) {
    throw badOption(
      'the URL of the queue does not parse; in a password, @ / # ? and % must be written as %40 and so on',
    );
  }
  const url = new URL(given);
  if (!SCHEMES.includes(url.protocol))
    throw badOption('the URL of the queue must begin with redis://, rediss:// or unix://');
  if (url.search !== '' || url.hash !== '')
    throw badOption('the URL of the queue has a part after ? or #, which means nothing');
  const password = decoded(url.password) || env['REDIS_PASSWORD'];
  return {
    place: placeOf(url),
    isEncrypted: url.protocol === 'rediss:',
    database: databaseOf(url),
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(password === undefined || password === '' ? {} : { password }),
  };
}

/** How messages name a Redis: without user and password. */
export function maskedUrl({ place, isEncrypted, database, username, password }: RedisAddress): string {
  const mask = username === undefined && password === undefined ? '' : '***@';
  if ('socket' in place) return `unix://${mask}${place.socket}`;
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  const suffix = database === 0 ? '' : `/${database}`;
  return `${isEncrypted ? 'rediss' : 'redis'}://${mask}${host}:${place.port}${suffix}`;
}

/** A text of somebody else's, such as an error's, without the secrets of this address. */
export function withoutSecrets({ username, password }: RedisAddress, text: string): string {
  // A short name, such as "a", would make the text unreadable and is no secret.
  const secrets = [password, username === 'default' ? undefined : username].filter((each) => (each?.length ?? 0) > 2);
  const forms = secrets.flatMap((each = '') => [each, encodeURIComponent(each)]);
  return forms.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

const SCHEMES: readonly string[] = ['redis:', 'rediss:', 'unix:'];
const DEFAULT_PORT = 6379;

function placeOf(url: URL): RedisAddress['place'] {
  if (url.protocol === 'unix:') {
    if (url.pathname === '' || url.hostname !== '') throw badOption('a Unix socket is given as unix:///path/of.sock');
    return { socket: decoded(url.pathname) };
  }
  if (url.hostname === '') throw badOption('the URL of the queue names no host');
  // An IPv6 address stands in brackets in a URL only.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
}

function databaseOf(url: URL): number {
  const text = url.protocol === 'unix:' ? '' : url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(text))
    throw badOption('what follows the host in the URL of the queue must be the number of a database');
  return Number(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badOption('a % in the URL of the queue must be written as %25');
  }
}
