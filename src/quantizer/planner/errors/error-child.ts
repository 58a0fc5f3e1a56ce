/** Script of the child processes that `measure-errors.ts` starts: tries types on rows of tensors with ggml's quantizers. */
import { isGgufError } from '../../../errors.js';
import { answerParent } from '../../embedded/answer.js';
import { openLlama } from '../../embedded/library.js';
import { ggmlQuantizer, type QuantizeMatrix } from './ggml-quantizer.js';
import { type ErrorAnswer, errorQuestionSchema } from './protocol.js';
import { tryTypes } from './try-types.js';

let quantizer: Promise<QuantizeMatrix> | undefined;

answerParent(async (message): Promise<ErrorAnswer> => {
  const question = errorQuestionSchema.parse(message);
  try {
    quantizer ??= openLlama(question.package).then(ggmlQuantizer);
    return await tryTypes(question, await quantizer);
  } catch (error) {
    if (isGgufError(error, 'unavailable')) return { kind: 'unavailable', what: error.message };
    throw error;
  }
});
