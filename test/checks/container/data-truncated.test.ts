import { describe, expect, test } from 'vitest';
import { dataTruncated } from '../../../src/checks/container/data-truncated.js';
import { gguf } from '../../support/gguf-builder.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const three = gguf().tensor('a', 'F32', [8]).tensor('b', 'F32', [8]).tensor('c', 'F32', [8]);
const size = three.bytes().byteLength;

describe('container/data-truncated', () => {
  testRule(dataTruncated, [
    {
      title: 'one cut tensor',
      bytes: three.cutAt(-5).bytes(),
      message: `the file ends at ${size - 5}, 5 bytes too early: the data of tensor 'c' is cut or missing`,
      at: size - 5,
    },
    {
      title: 'a cut that took several tensors once, with all that is missing',
      bytes: three.cutAt(-40).bytes(),
      message: `the file ends at ${size - 40}, 40 bytes too early: the data of 2 tensors is cut or missing, from 'b' on`,
    },
  ]);

  test('a missing final padding is not its business', () => {
    expect(findingsOf(dataTruncated, cleanFile().tensor('odd', 'F32', [1]).withoutFinalPadding().bytes())).toEqual([]);
  });
});
