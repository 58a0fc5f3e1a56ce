import { describe } from 'vitest';
import { rowSize } from '../../../src/checks/container/row-size.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/row-size', () => {
  testRule(rowSize, [
    {
      title: 'rows that are no whole number of blocks',
      bytes: cleanFile()
        .tensor('odd', 'Q4_0', [31, 2], { bytes: new Uint8Array(36) })
        .bytes(),
      data: { code: 'row-size', data: { type: 'Q4_0', row: '31', block: 32 } },
      name: 'odd',
    },
  ]);
});
