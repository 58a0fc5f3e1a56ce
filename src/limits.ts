/** Longest string and longest array that ggml reads (gguf.cpp: GGUF_MAX_STRING_LENGTH, GGUF_MAX_ARRAY_ELEMENTS). */
export const MAX_STRING_BYTES = 2 ** 30;
export const MAX_ARRAY_ELEMENTS = 2 ** 30;

/** Most tensor infos: SIZE_MAX / sizeof(gguf_tensor_info) in llama.cpp 0.7.0, as its message prints it. */
export const MAX_TENSOR_COUNT = 53_624_256_028_225_440n;

/** Most key-value pairs: SIZE_MAX / sizeof(gguf_kv) in llama.cpp 0.7.0, as its message prints it. */
export const MAX_KEY_COUNT = 209_622_091_746_699_450n;

/** Tensor names must be shorter than this (ggml: GGML_MAX_NAME). */
export const MAX_TENSOR_NAME_BYTES = 64;

/** Most dimensions of a tensor (ggml: GGML_MAX_DIMS). */
export const MAX_DIMENSIONS = 4;

/** Largest dimension product that ggml accepts. */
export const INT64_MAX = 2n ** 63n - 1n;

/** Largest size in bytes that ggml accepts for one tensor and for their sum. */
export const SIZE_MAX = 2n ** 64n - 1n;

/** The alignment of a file that names none. */
export const DEFAULT_ALIGNMENT = 32;

/**
 * Largest header that we hold in memory. The largest known, with 262k tokens and 515k merges, has 16 MB;
 * the Hub's reader stops at 50 MB. A file that claims more is refused before anything is allocated.
 */
export const MAX_HEADER_BYTES = 128 * 2 ** 20;

/**
 * Most keys and tensors of one file. Real files have fewer than a hundred keys and at most some ten thousands of
 * tensors; a hostile header of 13 bytes a key would fill the memory with millions. A tensor takes up to 2 KB of it.
 */
export const MAX_READ_KEYS = 65_536;
export const MAX_READ_TENSORS = 65_536;

/**
 * Longest key and tensor name that we make text of: the format's own limit for keys. ggml reads keys up to 2^30, but
 * such a text costs memory in each place that shows it, and escaping it passes V8's limit for strings.
 */
export const MAX_NAME_BYTES = 65_535;

/** Bytes of all keys and tensor infos. Real files have some MB at most: 65,536 infos with the longest names. */
export const MAX_NAMES_BYTES = 10 * 2 ** 20;

/** Faults after which a header is given up: it is damaged or hostile, and nobody reads more. */
export const MAX_PROBLEMS = 1000;

/** First read of a header. Files without a vocabulary fit; one read then does. */
export const FIRST_WINDOW_BYTES = 256 * 2 ** 10;

/** Each further read makes the window this many times as large, so that re-reading costs at most a third. */
export const WINDOW_GROWTH = 4;

/** A window grows by at most this much: a header of a little more than 16 MB must not cost 64 MB of memory. */
export const MAX_WINDOW_STEP_BYTES = 16 * 2 ** 20;

/**
 * Most bytes that a `slide` spends on its filler key. Every reader of the file has to pass the filler, so a larger
 * leading tensor means `rewrite`.
 */
export const MAX_FILLER_BYTES = 64 * 2 ** 20;

/** Most elements in one array that the Hub's own reader accepts (@huggingface/gguf 0.4.6: 1e6). */
export const MAX_PORTABLE_ARRAY_ELEMENTS = 1_000_000;

/** Passes of check → fix → check before giving up. Each pass must remove findings, so few are ever needed. */
export const MAX_REPAIR_PASSES = 16;

/** Findings that one rule reports of one file. Nobody reads more, and a hostile header can hold millions of faults. */
export const MAX_FINDINGS_PER_RULE = 1000;

/** Longest config and its most uses of aliases. Real ones have some KB and none; a hostile one comes with a download. */
export const MAX_CONFIG_BYTES = 64 * 2 ** 10;
export const MAX_CONFIG_ALIASES = 100;

/** Longest recipe: one with a pin of 60 bytes for each of 15,000 tensors, more than any known model has. */
export const MAX_RECIPE_BYTES = 2 ** 20;

/** Longest name of a recipe, in characters. It becomes a key of what is made by it, where 127 bytes have room. */
export const MAX_RECIPE_NAME = 100;

/** Longest other text of a recipe, such as a reason, in characters. */
export const MAX_RECIPE_TEXT = 1000;

/** Most rules of a recipe. Presets have some 25. */
export const MAX_RECIPE_RULES = 256;

/** Longest pattern of a rule: as long as a tensor's name can be. */
export const MAX_PATTERN_CHARACTERS = 63;

/** Most times that a pattern is held against a name: 256 rules for 2048 tensors. The worst pattern takes 6 µs a name. */
export const MAX_PATTERN_TRIALS = 2 ** 19;

/** Longest baseline: some hundred thousand findings. */
export const MAX_BASELINE_BYTES = 64 * 2 ** 20;

/** Bytes of a `SHA256SUMS`: 100,000 files with long names. */
export const MAX_CHECKSUM_BYTES = 16 * 2 ** 20;

/** Most entries of an old imatrix file (.dat), which has one for each tensor of a model. */
export const MAX_IMATRIX_ENTRIES = MAX_READ_TENSORS;

/** Most values of one imatrix entry. The largest known, of 384 experts with 7168 columns, has 2.8 million. */
export const MAX_IMATRIX_VALUES = 2 ** 24;

/** Most datasets that an imatrix names: one for each run that was merged into it. */
export const MAX_IMATRIX_DATASETS = 1024;

/** Longest note of what scores are of: two hashes and a number. */
export const MAX_LOGITS_ORIGIN_BYTES = 4096;

/**
 * How much of a chat template is read, and of all templates of a file together. The largest known has 30 KB, and a file
 * has one to five. A rule cuts 14 MB/s into pieces at best, several rules do, and a file takes no second.
 */
export const MAX_TEMPLATE_BYTES = 2 ** 18;
export const MAX_TEMPLATES_BYTES = 2 ** 19;

/** Bytes that are read of a file of measurements: 500,000 of them, more than a plan of 65,536 tensors comes to use. */
export const MAX_MEASUREMENTS_BYTES = 32 * 2 ** 20;

/** Bytes of a batch's journal that are read at once; no line of one comes near that. */
export const MAX_JOURNAL_READ = 2 ** 20;

/** Longest batch manifest: a thousand models, each with some options of its own. */
export const MAX_MANIFEST_BYTES = 2 ** 20;

/** Most models that a manifest lists; a glob stands for any number. */
export const MAX_MANIFEST_MODELS = 10_000;

/** Most outputs of one model, and most tensor patterns of one output. Publishers make some thirty. */
export const MAX_MANIFEST_OUTPUTS = 256;
export const MAX_MANIFEST_TENSORS = 256;

/** Most keys that a manifest sets in a file. */
export const MAX_MANIFEST_KEYS = 256;

/** Longest path and longest name template of a manifest, in characters: Linux takes paths of 4095 bytes. */
export const MAX_MANIFEST_PATH = 4095;

/** Longest label of an output and longest name of a model, in characters: both have to fit a file name of 255 bytes. */
export const MAX_MANIFEST_LABEL = 100;

/** Most times that a failed step is tried again. What ten pauses do not heal is not passing. */
export const MAX_MANIFEST_RETRIES = 10;

/**
 * Longest name of an output or of a folder for it: file systems take 255 bytes, of which the numbers of a shard and the
 * endings of journals, sidecars and unfinished files need some.
 */
export const MAX_OUTPUT_NAME_BYTES = 200;

/** Longest name of a file in bytes, that of all common file systems. */
export const MAX_FILE_NAME_BYTES = 255;
