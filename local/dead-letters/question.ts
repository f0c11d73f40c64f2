import { createInterface } from "node:readline/promises";

/**
 * Asks whether to go on. Whatever begins with no y, and the end of the input, is a no.
 *
 * @param onCtrlC called for ctrl-c, which a terminal that is asked gives as a key, not as a signal
 * @throws the signal's reason when it is aborted
 */
export async function ask(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  { signal, onCtrlC }: { readonly signal: AbortSignal; readonly onCtrlC: () => void },
): Promise<boolean> {
  const lines = createInterface({ input, output });
  lines.on("SIGINT", onCtrlC);
  // The end of the input closes it, and leaves the question without an answer.
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  try {
    const answer = await lines.question(question, { signal: AbortSignal.any([signal, ended.signal]) });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === "AbortError") return false;
    throw error;
  } finally {
    lines.close();
  }
}
