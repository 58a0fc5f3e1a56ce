import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { statusCommand } from '../../../src/cli/batch/status.js';
import { submitCommand } from '../../../src/cli/batch/submit.js';
import { workerCommand } from '../../../src/cli/batch/worker.js';
import { GgufError } from '../../../src/errors.js';
import { batchSubmitDocumentSchema, batchWorkerDocumentSchema } from '../../../src/report/batch-queue-schemas.js';
import { batchStatusDocumentSchema } from '../../../src/report/batch-status.js';
import { script, startWorker, submit, until } from '../../batch/queue/support/scripted.js';
import { describeWithRedis, freePort, startRedis } from '../../support/redis.js';
import { tempFolder } from '../../support/temp.js';
import { runScriptedCommand } from './support.js';

const SECRET = 'corr3ct-h0rse';

afterEach(() => {
  vi.unstubAllEnvs();
});

describeWithRedis('batch submit, worker and status', () => {
  test('from the first job to the last, and the password in nothing that is printed', async () => {
    await using redis = await startRedis({ password: SECRET });
    const batch = script([{ id: 'one' }, { id: 'two', after: ['one'] }, { id: 'three', after: ['two'] }]);
    const flags = ['--queue', redis.url, '--root', batch.root];
    const place = `redis://***@127.0.0.1:${redis.port}`;

    const first = await runScriptedCommand(submitCommand, [batch.manifest, ...flags]);
    expect(first).toEqual({
      out: `added  one\n1 of 3 jobs added to ggufix at ${place}, 2 to follow when what they need is done\n`,
      err: '',
      exit: 0,
    });
    const again = await runScriptedCommand(submitCommand, [batch.manifest, ...flags, '--json']);
    expect(batchSubmitDocumentSchema.parse(JSON.parse(again.out))).toMatchObject({ added: [], queued: ['one'] });

    const before = await runScriptedCommand(statusCommand, [batch.manifest, ...flags]);
    expect(before.out).toBe('queued   one\nwaiting  two\nwaiting  three\n3 jobs: 2 waiting, 1 queued\n');

    const worked = await runScriptedCommand(workerCommand, [...flags, '--drain', '--jobs', '2']);
    expect({ out: worked.out, exit: worked.exit }).toEqual({ out: '3 done, 0 failed\n', exit: 0 });
    expect(worked.err).toContain(`ggufix: working on ggufix at ${place}\nggufix: begins one\nggufix: one: done\n`);

    const after = await runScriptedCommand(statusCommand, [batch.manifest, ...flags, '--json']);
    const document = batchStatusDocumentSchema.parse(JSON.parse(after.out));
    expect(document).toMatchObject({
      isSettled: true,
      jobs: [{ status: 'done' }, { status: 'done' }, { status: 'done' }],
    });
    for (const { out, err } of [first, again, before, worked, after]) expect(out + err).not.toContain(SECRET);
  });

  test('a job that failed: exit 4 of the worker and of status', async () => {
    await using redis = await startRedis();
    const batch = script([
      { id: 'bad', fail: 'for-good' },
      { id: 'next', after: ['bad'] },
    ]);
    const flags = ['--queue', redis.url, '--root', batch.root];
    await submit(redis.url, batch);
    const worked = await runScriptedCommand(workerCommand, [...flags, '--drain', '--json']);
    expect(batchWorkerDocumentSchema.parse(JSON.parse(worked.out))).toMatchObject({ done: 0, failed: 1 });
    expect(worked.exit).toBe(4);
    const { out, exit } = await runScriptedCommand(statusCommand, [batch.manifest, ...flags]);
    expect({ out, exit }).toEqual({
      out: 'failed   bad  bad broke\nblocked  next\n2 jobs: 1 failed, 1 blocked\n',
      exit: 4,
    });
  });

  test('status shows who does what, and follows it to the end', async () => {
    await using redis = await startRedis();
    const batch = script([
      { id: 'long', ms: 1500 },
      { id: 'next', after: ['long'] },
    ]);
    await submit(redis.url, batch);
    const worker = startWorker(redis.url, batch);
    await until(() => batch.ids('begin').length === 1);
    const { out, exit } = await runScriptedCommand(statusCommand, [
      ...[batch.manifest, '--queue', redis.url, '--root', batch.root, '--watch'],
    ]);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^active   long  on \\S+:${worker.child.pid} since \\d{4}-`));
    expect(out.trimEnd().split('\n').at(-1)).toBe('2 jobs: 2 done');
    expect(out.match(/^done {5}long/gm)).toHaveLength(1);
    await worker.end();
  });

  test('Ctrl-C: the job is put back, and the exit code is 130', async () => {
    await using redis = await startRedis();
    const batch = script([{ id: 'long', ms: 60_000 }]);
    await submit(redis.url, batch);
    const stop = new AbortController();
    const run = runScriptedCommand(workerCommand, ['--queue', redis.url, '--root', batch.root], {
      signal: stop.signal,
    });
    await until(() => batch.ids('begin').length === 1);
    stop.abort(new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' }));
    const { err, exit } = await run;
    expect(exit).toBe(130);
    expect(err).toContain('ggufix: long: put back: this worker was stopped\n');
    expect(err).toContain('ggufix: interrupted by SIGINT\n');
    const { out } = await runScriptedCommand(statusCommand, [
      batch.manifest,
      '--queue',
      redis.url,
      '--root',
      batch.root,
    ]);
    expect(out).toContain('queued   long\n');
  });

  test('the wrong password: one clear line within seconds, without it', async () => {
    await using redis = await startRedis({ password: SECRET });
    const batch = script([{ id: 'one' }]);
    const url = `redis://nobody:wr0ng-secret@127.0.0.1:${redis.port}`;
    for (const run of [
      await runScriptedCommand(submitCommand, [batch.manifest, '--queue', url, '--root', batch.root]),
      await runScriptedCommand(statusCommand, [batch.manifest, '--queue', url, '--root', batch.root]),
      await runScriptedCommand(workerCommand, ['--queue', url, '--root', batch.root]),
    ]) {
      expect(run.exit).toBe(3);
      expect(run.err).toContain('it refused the user name or the password');
      expect(run.out + run.err).not.toMatch(/wr0ng|nobody/);
    }
  });

  test('the URL and the password from the environment; a note where Redis may throw jobs away', async () => {
    await using redis = await startRedis({ password: SECRET, args: ['--maxmemory-policy', 'allkeys-lru'] });
    vi.stubEnv('GGUFIX_QUEUE_URL', `redis://127.0.0.1:${redis.port}`);
    vi.stubEnv('REDIS_PASSWORD', SECRET);
    const batch = script([{ id: 'one' }]);
    const { out, err, exit } = await runScriptedCommand(submitCommand, [batch.manifest, '--root', batch.root]);
    expect({ out: out.includes('1 of 1 job added'), exit }).toEqual({ out: true, exit: 0 });
    expect(err).toMatch(/^ggufix: note: .*its maxmemory-policy is allkeys-lru.*\n$/);
    expect(out + err).not.toContain(SECRET);
  });
});

describeWithRedis('a Redis with rules', () => {
  test('the ACL of docs/batch-queue.md is enough', async () => {
    const [, rules = ''] = /^ +user ggufix (.*)$/m.exec(readFileSync('docs/batch-queue.md', 'utf8')) ?? [];
    const acl = rules.replace('PASSWORD', SECRET).split(' ');
    await using redis = await startRedis({ args: ['--user', 'ggufix', ...acl] });
    const batch = script([{ id: 'one' }, { id: 'two', after: ['one'] }, { id: 'flaky', fail: 'for-good' }]);
    const flags = ['--queue', `redis://ggufix:${SECRET}@127.0.0.1:${redis.port}`, '--root', batch.root];
    expect(await runScriptedCommand(submitCommand, [batch.manifest, ...flags])).toMatchObject({ err: '', exit: 0 });
    const { err } = await runScriptedCommand(workerCommand, [...flags, '--drain']);
    expect(batch.ids('end')).toEqual(['one', 'two']);
    expect(err).not.toContain('note:');
    const { out } = await runScriptedCommand(statusCommand, [batch.manifest, ...flags]);
    expect(out).toContain('3 jobs: 2 done, 1 failed');
    // It does no more than that.
    const other = await runScriptedCommand(submitCommand, [batch.manifest, ...flags, '--queue-name', 'other']);
    expect(other).toMatchObject({ exit: 3, err: expect.stringContaining('NOPERM') });
    expect(other.err).not.toContain(SECRET);
  });

  test('TLS, with the certificate of an authority that Node knows', async () => {
    const folder = tempFolder();
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
      {
        stdio: 'ignore',
      },
    );
    const port = await freePort();
    const tls = ['--tls-port', `${port}`, '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    await using redis = await startRedis({ password: SECRET, args: tls });
    const batch = script([{ id: 'one' }]);
    await submit(redis.url, batch);
    const url = `rediss://:${SECRET}@localhost:${port}`;
    const worker = startWorker(url, batch, { env: { NODE_EXTRA_CA_CERTS: cert } });
    expect(await worker.end()).toBe(0);
    expect(batch.ids('end')).toEqual(['one']);
    const stranger = startWorker(url, batch);
    expect(await stranger.end()).not.toBe(0);
    expect(stranger.text()).toMatch(/self-signed certificate/);
    expect(stranger.text() + worker.text()).not.toContain(SECRET);
  });
});

describe('without a Redis', () => {
  test('a closed port: one clear line, and exit 3', async () => {
    const batch = script([{ id: 'one' }]);
    const url = `redis://u:s3cret-pw@127.0.0.1:${await freePort()}`;
    const runs = [
      await runScriptedCommand(submitCommand, [batch.manifest, '--queue', url, '--root', batch.root]),
      await runScriptedCommand(statusCommand, [batch.manifest, '--queue', url, '--root', batch.root]),
      await runScriptedCommand(workerCommand, ['--queue', url, '--root', batch.root]),
    ];
    for (const { out, err, exit } of runs) {
      expect(exit).toBe(3);
      expect(err).toContain('nothing listens there');
      expect(out + err).not.toContain('s3cret-pw');
    }
  });

  test('no URL, or a bad one: exit 2, and what may be a password is not repeated', async () => {
    vi.stubEnv('GGUFIX_QUEUE_URL', '');
    expect(await runScriptedCommand(workerCommand, [])).toMatchObject({ exit: 2 });
    const bad = await runScriptedCommand(workerCommand, ['--queue', 'redis://u:pa/ss#w0rd@host']);
    expect(bad.exit).toBe(2);
    expect(bad.err).not.toMatch(/w0rd|pa\/ss/);
  });

  test('status asks no queue where none is named', async () => {
    vi.stubEnv('GGUFIX_QUEUE_URL', '');
    const batch = script([{ id: 'one' }]);
    const { out } = await runScriptedCommand(statusCommand, [batch.manifest]);
    expect(out).toBe('ready    one\n1 job: 1 ready\n');
  });

  test('a manifest outside of the shared folder', async () => {
    const [batch, other] = [script([{ id: 'one' }]), script([])];
    const url = 'redis://127.0.0.1:1';
    const { err, exit } = await runScriptedCommand(submitCommand, [
      batch.manifest,
      '--queue',
      url,
      '--root',
      other.root,
    ]);
    expect(exit).toBe(2);
    expect(err).toContain('give the shared folder with --root');
  });
});
