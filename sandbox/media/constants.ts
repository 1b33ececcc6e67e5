/** How long one ffmpeg or ffprobe run may take before it is ended: longer than any demo job, shorter than for ever. */
export const RUN_TIMEOUT_MS = 20 * 60 * 1000;

/** What is kept of the start of a program's output: the banner and the inputs. */
export const OUTPUT_HEAD_BYTES = 8 * 1024;

/** What is kept of the end of a program's output: the useful error line is the last one. */
export const OUTPUT_TAIL_BYTES = 64 * 1024;
