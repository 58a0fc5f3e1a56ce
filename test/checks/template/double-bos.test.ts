import { describe, expect, test } from 'vitest';
import { doubleBos } from '../../../src/checks/template/double-bos.js';
import { REAL } from '../../templates/real-templates.js';
import { findingsOf, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

const file = (text: string, adds?: boolean) => {
  const builder = templateFile(text)
    .metadata('tokenizer.ggml.model', { type: 'string', value: 'llama' })
    .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['<pad>', '<bos>'] })
    .metadata('tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 });
  return adds === undefined ? builder : builder.metadata('tokenizer.ggml.add_bos_token', { type: 'bool', value: adds });
};

describe('template/double-bos', () => {
  testRule(doubleBos, [
    { title: 'bos_token', bytes: file(REAL.GEMMA3N, true).bytes(), message: /BOS token '<bos>', and .* is true/ },
    { title: 'the default of SPM', bytes: file('{{- bos_token }}').bytes(), message: /adds it by default/ },
    { title: 'BOS as text', bytes: file(' <bos>x', true).bytes() },
    { title: 'BOS as a string', bytes: file("{% set a = 1 %}{{ '<bos>' + a }}", true).bytes() },
    {
      title: 'BOS after a macro',
      bytes: file('{% macro f() %}x{% endmacro %}{%- if true -%}{{ bos_token }}{% endif %}', true).bytes(),
    },
  ]);

  test.each([
    ['add_bos_token is false', file(REAL.GEMMA3N, false)],
    ['something comes before BOS', file('x{{ bos_token }}', true)],
    ['BOS is not printed', file(REAL.CHATML, true)],
    ['GLM', file('{{ bos_token }}', true).metadata('tokenizer.ggml.pre', { type: 'string', value: 'glm4' })],
  ])('passes where %s', (_, builder) => {
    expect(findingsOf(doubleBos, builder.bytes())).toEqual([]);
  });

  test('offers no fix: which of the two must go depends on the program', () => {
    expect(findingsOf(doubleBos, file(REAL.GEMMA3N, true).bytes())[0]!.fix).toBeUndefined();
  });
});
