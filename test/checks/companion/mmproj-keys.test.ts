import { describe, expect, test } from 'vitest';
import { mmprojKeys } from '../../../src/checks/companion/mmproj-keys.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { companion, projector } from './companion-test.js';

const mean = (items: number[]) => ({ type: 'array', itemType: 'float32', items }) as const;

describe('companion/mmproj-keys', () => {
  testRule(mmprojKeys, [
    {
      title: 'too few values',
      bytes: projector()
        .metadata('clip.vision.image_mean', mean([0.5]))
        .bytes(),
      message: /^'clip\.vision\.image_mean' is 1 float32 values, expected at least 3/,
    },
    {
      title: 'a missing projector type',
      bytes: companion('mmproj').metadata('clip.has_audio_encoder', { type: 'bool', value: true }).bytes(),
      data: { kind: 'projector' },
    },
    {
      title: 'a missing encoder',
      bytes: companion('mmproj').metadata('clip.projector_type', { type: 'string', value: 'mlp' }).bytes(),
      data: { kind: 'encoder' },
    },
  ]);

  test('does not look at means of images where there is no vision encoder', () => {
    const audio = companion('mmproj')
      .metadata('clip.has_gen_audio_encoder', { type: 'bool', value: true })
      .metadata('clip.gen.audio.projector_type', { type: 'string', value: 'qwen3tts_gen' })
      .metadata('clip.vision.image_mean', mean([0.5]));
    expect(findingsOf(mmprojKeys, audio.bytes())).toEqual([]);
  });

  test('accepts a sound projector', () => {
    expect(
      findingsOf(
        mmprojKeys,
        projector()
          .metadata('clip.vision.image_mean', mean([0, 0, 0]))
          .bytes(),
      ),
    ).toEqual([]);
  });

  test('the fix names the projector of LLaVA and changes nothing else', () => {
    const llava = companion('mmproj')
      .metadata('clip.has_vision_encoder', { type: 'bool', value: true })
      .metadata('clip.has_llava_projector', { type: 'bool', value: true })
      .tensor('mm.0.weight', 'F32', [8])
      .tensor('mm.2.weight', 'F32', [8]);
    const header = parseHeader(llava.bytes());
    const [finding] = findingsOf(mmprojKeys, llava.bytes());
    expect(finding!.fix).toMatchObject({ safety: 'safe', edits: [{ value: { value: 'mlp' } }] });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(mmprojKeys, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['clip.projector_type'], tensors: [] });
  });

  test('nothing is offered for another projector', () => {
    const other = companion('mmproj').metadata('clip.has_vision_encoder', { type: 'bool', value: true });
    expect(findingsOf(mmprojKeys, other.bytes())[0]!.fix).toBeUndefined();
  });
});
