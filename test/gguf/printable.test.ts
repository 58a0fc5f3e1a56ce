import { describe, expect, test } from 'vitest';
import { printable, printableLines, quoted } from '../../src/gguf/printable.js';

describe('printable', () => {
  test('writes what could steer a terminal as an escape', () => {
    expect(printable('a\u001b[31mb\u0007\u009b2J\u007f')).toBe('a\\u001b[31mb\\u0007\\u009b2J\\u007f');
  });

  test('keeps text on one line', () => {
    expect(printable('a\nb\r\tc\u2028d')).toBe('a\\nb\\r\\tc\\u2028d');
  });

  test('shows marks that reverse text', () => {
    expect(printable('x\u202egpj.exe\u2066')).toBe('x\\u202egpj.exe\\u2066');
  });

  test('shows what has no width', () => {
    expect(printable('\ufeffa\u200bb\u2060')).toBe('\\ufeffa\\u200bb\\u2060');
  });

  test('leaves words of any language alone', () => {
    expect(printable('naïve 日本語 🙂')).toBe('naïve 日本語 🙂');
  });
});

test('printableLines keeps line breaks and tabs, and nothing else that moves the cursor', () => {
  expect(printableLines('a\n\tb\rc\u001b')).toBe('a\n\tb\\rc\\u001b');
});

test('quoted cuts names that are absurdly long', () => {
  expect(quoted('blk.0')).toBe("'blk.0'");
  expect(quoted('x'.repeat(1000))).toBe(`'${'x'.repeat(119)}…'`);
});
