import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';

/** A Redis of a test's own, with data that outlive a stop. */
export interface TestRedis extends AsyncDisposable {
  /** With the password, if it has one. */
  readonly url: string;
  readonly port: number;
  /** Ends it as a shutdown of the machine does: what it holds is on the disk. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Leaves its connections open and answers no more. */
  freeze(): void;
  start(): Promise<void>;
}

/** What it may differ in from a Redis without a password that keeps everything. */
export interface TestRedisOptions {
  readonly password?: string;
  /** Whether it forgets everything when it ends. */
  readonly isForgetful?: boolean;
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
}

/** A `describe` that is skipped, with the reason in its title, where there is no redis-server. */
export function describeWithRedis(title: string, body: () => void): void {
  if (spawnSync('redis-server', ['--version']).status === 0) describe(title, body);
  else describe.skip(`${title} (skipped: no redis-server on PATH; apt-get install redis-server)`, body);
}

/** Starts a Redis on a free port, in a folder of its own. */
export async function startRedis({
  password,
  isForgetful = false,
  args = [],
}: TestRedisOptions = {}): Promise<TestRedis> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-redis-'));
  const port = await freePort();
  const keeping = isForgetful ? ['--save', ''] : ['--appendonly', 'yes', '--appendfsync', 'always'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  const argv = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...keeping, ...secret, ...args];
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = server;
    server = undefined;
    if (ended === undefined) return;
    ended.kill(signal);
    if (ended.exitCode === null && ended.signalCode === null) await once(ended, 'exit');
  };
  const start = async (): Promise<void> => {
    server = spawn('redis-server', argv, { stdio: 'ignore' });
    while (!(await answers(port))) await sleep(20);
  };
  await start();
  return {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => {
      server?.kill('SIGSTOP');
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether the server has read what it kept, after which it takes commands. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply]: Buffer[] = await once(socket, 'data');
    return /^(\+PONG|-NOAUTH)/.test(reply?.toString() ?? '');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
