import type { Redis, RedisOptions } from 'ioredis';
import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { maskedUrl, type RedisAddress, withoutSecrets } from './redis-address.js';
import { redisClient } from './redis-client.js';
import { parseServerInfo, serverNotes, serverProblem } from './server-facts.js';

/** A connection to a Redis that can hold a queue. */
export interface RedisLink extends AsyncDisposable {
  readonly client: Redis;
  /** Whether commands reach it now. */
  isUp(): boolean;
  /** Gives up: what waits for an answer is rejected, and nothing connects again. */
  cut(): void;
}

/** How a connection behaves. */
export interface LinkOptions {
  /** Waits for a Redis that went away, however long, as a worker does. Else a command fails within seconds. */
  readonly isPatient: boolean;
  readonly signal: AbortSignal;
  /** Gets what the user should know, in one line. */
  readonly onNote: (text: string) => void;
}

/** The first connection must stand after these milliseconds. */
const CONNECT_MS = 5000;
/** An answer that takes longer will not come. Scripts of BullMQ take some milliseconds. */
const COMMAND_MS = 10_000;
/** Pause between two tries to connect again: soon at first, since most restarts are short. */
const RETRY_MS = 250;
const MAX_RETRY_MS = 5000;

/**
 * Connects to Redis and makes sure that it can hold a queue. Rejects with `unavailable` within seconds where there is none, it
 * wants another password, or is too old.
 */
export async function connectRedis(address: RedisAddress, options: LinkOptions): Promise<RedisLink> {
  let phase: 'first' | 'up' | 'down' | 'over' = 'first';
  const retryStrategy = (times: number): number | null =>
    options.isPatient && (phase === 'up' || phase === 'down') ? Math.min(times * RETRY_MS, MAX_RETRY_MS) : null;
  const client = await redisClient({ ...clientOptions(address, options.isPatient), retryStrategy });
  const cut = (): void => {
    phase = 'over';
    client.disconnect();
  };
  let last: unknown;
  // Without a listener Node would end the process, with all that it is about to write.
  client.on('error', (error: unknown) => {
    last = error;
  });
  try {
    await within(client.connect(), options.signal);
    await checkServer(client, address, options);
  } catch (error) {
    cut();
    options.signal.throwIfAborted();
    throw unusable(address, isClosed(error) ? (last ?? error) : error);
  }
  phase = 'up';
  client.on('close', () => {
    if (phase !== 'up') return;
    phase = 'down';
    const then = options.isPatient ? '; waiting for it to come back' : '';
    options.onNote(`the connection to ${maskedUrl(address)} is lost${then}`);
  });
  client.on('ready', () => {
    if (phase !== 'down') return;
    phase = 'up';
    options.onNote(`the connection to ${maskedUrl(address)} is back`);
  });
  return {
    client,
    isUp: () => phase === 'up',
    cut,
    async [Symbol.asyncDispose]() {
      const wasUp = phase === 'up';
      phase = 'over';
      if (wasUp) await client.quit().catch(() => undefined);
      client.disconnect();
    },
  };
}

/** An error of Redis or of a package that talks to it, in words for the user and without secrets. */
export function redisMessage(address: RedisAddress, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return printable(withoutSecrets(address, text.trim()));
}

function clientOptions(
  { place, isEncrypted, database, username, password }: RedisAddress,
  isPatient: boolean,
): RedisOptions {
  return {
    ...('socket' in place ? { path: place.socket } : place),
    ...(isEncrypted ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    db: database,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ insists on `null` for workers: a command waits for the connection to be back.
    ...(isPatient ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS }),
  };
}

async function checkServer(client: Redis, address: RedisAddress, { signal, onNote }: LinkOptions): Promise<void> {
  const facts = parseServerInfo(await within(client.info(), signal));
  const problem = serverProblem(facts);
  if (problem !== undefined) throw unusable(address, new Error(problem));
  for (const note of serverNotes(facts)) onNote(`${maskedUrl(address)}: ${note}`);
}

/** Something may listen there that never answers. */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(CONNECT_MS);
  const end = AbortSignal.any([signal, timeout]);
  return await new Promise<T>((resolve, reject) => {
    const giveUp = (): void =>
      reject(timeout.aborted ? new Error(`no answer within ${CONNECT_MS / 1000} s`) : end.reason);
    end.addEventListener('abort', giveUp, { once: true });
    if (end.aborted) giveUp();
    work.then(resolve, reject).finally(() => end.removeEventListener('abort', giveUp));
  });
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && error.message === 'Connection is closed.';
}

function unusable(address: RedisAddress, error: unknown): GgufError<'unavailable'> {
  if (error instanceof GgufError && error.code === 'unavailable') return error as GgufError<'unavailable'>;
  const url = maskedUrl(address);
  // The error itself is left out: those of ioredis hold the command that failed, which is AUTH with the password.
  return new GgufError('unavailable', `cannot use Redis at ${url}: ${reason(address, error)}`, {
    what: `Redis at ${url}`,
  });
}

/** Beginnings of what Redis and the system say, and what that means for the user. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(WRONGPASS|ERR invalid password|ERR AUTH)/, 'it refused the user name or the password'],
  [/^NOAUTH/, 'it wants a password: put it into the URL, or set REDIS_PASSWORD'],
  [/^NOPERM/, 'the user may not do what a queue needs'],
  [/ECONNREFUSED|ENOENT/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'its host is unknown'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'it does not answer'],
];

function reason(address: RedisAddress, error: unknown): string {
  const text = redisMessage(address, error);
  const words = REASONS.find(([pattern]) => pattern.test(text))?.[1];
  return words === undefined ? text : `${words} (${text})`;
}
