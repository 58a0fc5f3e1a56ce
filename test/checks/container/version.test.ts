import { describe } from 'vitest';
import { version } from '../../../src/checks/container/version.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/version', () => {
  testRule(version, [
    {
      title: 'version 1',
      bytes: cleanFile().version1().bytes(),
      data: { code: 'version', data: { version: 1 } },
      at: 4,
    },
    {
      title: 'a version of the future',
      bytes: cleanFile().version(4).bytes(),
      data: { code: 'version', data: { version: 4 } },
    },
    { title: 'version 0', bytes: cleanFile().version(0).bytes(), data: { code: 'version', data: { version: 0 } } },
  ]);
});
