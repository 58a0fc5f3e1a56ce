import { GGMLFileQuantizationType } from '@huggingface/gguf';
import { expect, test } from 'vitest';
import { fileTypeName } from '../../src/gguf/file-types.js';

test('names are those of @huggingface/gguf, whose labels from 1000 on stand in no file', () => {
  const ids = Object.values(GGMLFileQuantizationType).filter((id): id is number => typeof id === 'number' && id < 1000);
  expect(ids).toHaveLength(42);
  for (const id of ids) expect(fileTypeName(id), `${id}`).toBe(GGMLFileQuantizationType[id]);
});

test('a guessed type keeps its name, an unknown one has none', () => {
  expect(fileTypeName(1024 + 15)).toBe('Q4_K_M');
  expect(fileTypeName(42)).toBeUndefined();
  expect(fileTypeName(999)).toBeUndefined();
  expect(fileTypeName(-1)).toBeUndefined();
  expect(fileTypeName(1.5)).toBeUndefined();
});
