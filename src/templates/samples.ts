import type { SampleName } from './template-runs.js';

/** What a template is given besides the special tokens. */
export interface Sample {
  readonly name: SampleName;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the assistant says in the samples of several turns: in a prompt its turn ends behind it. */
export const ASSISTANT_SAID = 'It is 90 metres tall.';

const user = { role: 'user', content: 'How tall is the tower?' };
const turns = [user, { role: 'assistant', content: ASSISTANT_SAID }, { role: 'user', content: 'Since when?' }];
const system = { role: 'system', content: 'Answer briefly.' };
const tool = {
  type: 'function',
  function: {
    name: 'get_height',
    description: 'Gives the height of a building.',
    parameters: {
      type: 'object',
      properties: { building: { type: 'string', description: 'Its name.' } },
      required: ['building'],
    },
  },
};

/** The sample conversations, simplest first. Fixed, so that the same template always gives the same text. */
export const SAMPLES: readonly Sample[] = [
  { name: 'user', variables: { messages: [user], add_generation_prompt: true } },
  { name: 'multi-turn', variables: { messages: turns, add_generation_prompt: true } },
  { name: 'system', variables: { messages: [system, ...turns], add_generation_prompt: true } },
  { name: 'tools', variables: { messages: [user], tools: [tool], add_generation_prompt: true } },
];
