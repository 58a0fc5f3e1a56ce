/** The lines of a text that comes in pieces. */
export interface LineReader {
  /** Takes the next piece; ends of lines may stand anywhere in it. */
  add(piece: string): void;
  /** The text is over: what is left is a line too. */
  end(): void;
}

/** A program's lines have some hundred characters; a hostile one must not fill the memory with a single line. */
const MAX_LINE_LENGTH = 500;

/** Calls `onLine` for each line that is not empty, without the space at its end, cut to 500 characters. */
export function lineReader(onLine: (line: string) => void): LineReader {
  let open = '';
  const take = (line: string): void => {
    const text = line.trimEnd().slice(0, MAX_LINE_LENGTH);
    if (text !== '') onLine(text);
  };
  return {
    add(piece) {
      const lines = (open + piece).split('\n');
      open = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH); // its end may be in the next piece
      for (const line of lines) take(line);
    },
    end() {
      take(open);
      open = '';
    },
  };
}

/** The last lines of many, oldest first. */
export interface LastLines {
  add(line: string): void;
  all(): readonly string[];
}

/** Why a program failed is in its last lines. */
const MAX_LINES = 40;

/** Keeps the last 40 lines. */
export function lastLines(): LastLines {
  const kept: string[] = [];
  return {
    add(line) {
      kept.push(line);
      if (kept.length > MAX_LINES) kept.shift();
    },
    all: () => [...kept],
  };
}
