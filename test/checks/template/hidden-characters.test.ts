import { describe, expect, test } from 'vitest';
import { hiddenCharacters } from '../../../src/checks/template/hidden-characters.js';
import { REAL } from '../../templates/real-templates.js';
import { findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

describe('template/hidden-characters', () => {
  testRule(hiddenCharacters, [
    {
      title: 'a space without width',
      bytes: templateFile('a\u200bb').bytes(),
      message: /has 1 invisible characters \(U\+200B\)/,
    },
    {
      title: 'tag characters',
      bytes: templateFile('a\u{e0041}\u{e0042}').bytes(),
      data: { count: 2, characters: ['U+E0041', 'U+E0042'] },
    },
    { title: 'a turned direction', bytes: templateFile('\u202ea').bytes(), data: { characters: ['U+202E'] } },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(hiddenCharacters, templateFile(text).bytes())).toEqual([]);
  });
});
