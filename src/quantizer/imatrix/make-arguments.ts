/** What llama-imatrix is asked for. */
export interface ImatrixJob {
  /** The model, in full precision where possible; the first shard of a split one. */
  readonly model: string;
  /** The text. Its path goes into the file as it stands here. */
  readonly text: string;
  /** Where the imatrix goes. Only a name that ends with `.gguf` makes every release write GGUF without a word. */
  readonly output: string;
  /** Tokens of a chunk; where absent llama-imatrix takes 512. */
  readonly contextSize: number | undefined;
  /** Chunks from the beginning of the text; where absent all. */
  readonly chunks: number | undefined;
  /** Whether the output matrix is looked at too. */
  readonly processOutput: boolean;
  /** Whether `<start_of_turn>` and the like in the text are tokens: for a text that a chat template was applied to. */
  readonly parseSpecial: boolean;
  readonly threads: number | undefined;
}

/** The arguments of llama-imatrix for a job. */
export function imatrixArguments(job: ImatrixJob): string[] {
  const { model, text, output, contextSize, chunks, processOutput, parseSpecial, threads } = job;
  const number = (flag: string, value: number | undefined): string[] => (value === undefined ? [] : [flag, `${value}`]);
  return [
    ...['-m', model, '-f', text, '-o', output],
    ...number('-c', contextSize),
    ...number('--chunks', chunks),
    ...(processOutput ? ['--process-output'] : []),
    ...(parseSpecial ? ['--parse-special'] : []),
    // It has no notion of working without a thread of its own.
    ...number('-t', threads === undefined ? undefined : Math.max(1, threads)),
  ];
}
