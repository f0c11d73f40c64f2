/**
 * Lets a program go on, and end as it would, whose reader has read enough, `| head -1` for one: what else is written to
 * the stream is lost, without the error that would end the program in the middle of its work.
 */
export function ignoreClosedPipe(stream: NodeJS.WritableStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
