/**
 * The other side of `ask-child.ts`: answers each question of the parent with what `answer` makes of it, and ends with the
 * parent. An exception ends the process; its text is the last that the parent hears.
 */
export function answerParent(answer: (question: unknown) => Promise<unknown>): void {
  process.once('disconnect', endAtOnce);
  process.on('message', (question) => {
    void answer(question).then((reply) => process.send?.(reply));
  });
}

/** The parent is gone while a native call may be running on another thread: no clean-up is safe. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
