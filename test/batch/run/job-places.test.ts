import path from 'node:path';
import { expect, test } from 'vitest';
import { layoutOf } from '../../../src/batch/layout.js';
import { leaseOf, workFolder } from '../../../src/batch/run/job-places.js';
import { jobOf } from '../support/jobs.js';

const layout = layoutOf('/batch', 'out');

test('every id has a place of its own, as one name of a file system', () => {
  const long = 'x'.repeat(300);
  const ids = [
    'a/b.gguf',
    'a\\b.gguf',
    'a_b.gguf',
    '../a.gguf',
    '/etc/a.gguf',
    'con',
    `${long}1`,
    `${long}2`,
    'ä'.repeat(200),
  ];
  const leases = ids.map((id) => leaseOf(layout, id));
  expect(new Set(leases.map((lease) => lease.toLowerCase())).size).toBe(ids.length);
  for (const lease of leases) {
    expect(path.dirname(lease)).toBe(layout.leases);
    expect(Buffer.byteLength(path.basename(lease))).toBeLessThan(200);
  }
});

test('other steps work in another folder', () => {
  const [one, other] = ['abcdefghi', 'abcdefxyz'].map((key) =>
    workFolder(layout, jobOf('j', { steps: [{ name: 'make', key }] })),
  );
  expect(one).not.toBe(other);
  expect(one).toBe(workFolder(layout, jobOf('j', { steps: [{ name: 'make', key: 'abcdefghi' }] })));
  expect(workFolder(layout, jobOf('j', { steps: [] }))).toMatch(/-none$/);
});
