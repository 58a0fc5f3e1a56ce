import { linkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refuseInputs } from '../../src/cli/refuse-inputs.js';
import { tempFile } from '../support/temp.js';

test('a file that is none of them is no trouble, there or not', async () => {
  const [input, report] = [tempFile(Buffer.from('x'), 'a'), tempFile(Buffer.from('x'), 'b')];
  await refuseInputs(report, [input, '/nowhere/at.all']);
  await refuseInputs('/nowhere/report.svg', [input, '/nowhere/at.all']);
});

test.each([
  ['its own name', (input: string) => input],
  ['another spelling', (input: string) => path.join(path.dirname(input), '.', 'x', '..', path.basename(input))],
  [
    'a hard link',
    (input: string, other: string) => {
      linkSync(input, other);
      return other;
    },
  ],
  [
    'a symlink',
    (input: string, other: string) => {
      symlinkSync(input, other);
      return other;
    },
  ],
])('one of them is refused by %s', async (_what, name) => {
  const input = tempFile(Buffer.from('x'), 'a');
  const report = name(input, path.join(path.dirname(input), 'b'));
  await expect(refuseInputs(report, ['/nowhere/at.all', input])).rejects.toMatchObject({
    code: 'not-writable',
    details: { path: report, why: `it is ${input}, which it would come from` },
  });
});

test('one that is not there yet is refused by its path', async () => {
  await expect(refuseInputs('/nowhere/x/../b.kld', ['/nowhere/b.kld'])).rejects.toMatchObject({ code: 'not-writable' });
});
