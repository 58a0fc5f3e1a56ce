/** Script of the child process that `measure-sensitivity.ts` starts: holds a model in llama.cpp and disturbs its tensors. */
import { writeSync } from 'node:fs';
import { isGgufError } from '../../../errors.js';
import { answerParent } from '../../embedded/answer.js';
import { LOG_LEVEL, openLlama } from '../../embedded/library.js';
import { type NoiseModel, openNoiseModel } from './noise-model.js';
import { type NoiseAnswer, type NoiseQuestion, noiseQuestionSchema } from './protocol.js';

const STDERR = 2;

let model: NoiseModel | undefined;

answerParent(async (message) => {
  try {
    return await answer(noiseQuestionSchema.parse(message));
  } catch (error) {
    if (isGgufError(error, 'unavailable')) return { kind: 'unavailable', what: error.message };
    if (isGgufError(error, 'bad-option')) return { kind: 'bad-option', problem: error.message };
    throw error;
  }
});

async function answer(question: NoiseQuestion): Promise<NoiseAnswer> {
  if (question.kind === 'open') {
    const library = await openLlama(question.package);
    library.onLog((level, text) => {
      if (level === LOG_LEVEL.error) writeSync(STDERR, text);
    });
    model = await openNoiseModel(library, question);
    return { kind: 'opened', tensors: [...model.tensors] };
  }
  if (model === undefined) throw new Error('asked to disturb a model before it was opened');
  return { kind: 'divergence', mean: await model.disturb(question) };
}
