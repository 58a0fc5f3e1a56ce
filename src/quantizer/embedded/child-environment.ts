/**
 * How the environment of a child of ours with llama.cpp in it differs from ours. Taken away is what would change it: flags
 * for Node itself, and a foreign backend of ggml. On an assertion ggml starts a debugger where there is one, unless told.
 */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string | undefined>> = {
  NODE_OPTIONS: undefined,
  GGML_BACKEND_PATH: undefined,
  GGML_NO_BACKTRACE: '1',
};
