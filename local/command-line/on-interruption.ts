/** What a program that was interrupted exits with. */
export const interruptedCode = 130;

/**
 * Calls back at the first of the signals. Who asks again, more than a second later, has the process end at once, with
 * 130. Sooner it is the same ctrl-c, which comes from the terminal, and handed on by npm, which got it as well.
 */
export function onInterruption(signals: readonly NodeJS.Signals[], interrupted: () => void): void {
  let firstAt: number | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      if (firstAt !== undefined && performance.now() - firstAt > 1_000) process.exit(interruptedCode);
      if (firstAt === undefined) interrupted();
      firstAt ??= performance.now();
    });
  }
}
