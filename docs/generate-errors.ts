import { errorMeanings } from "../shared/error-meanings.ts";
import { type ErrorCode, errorCodes } from "../shared/errors.ts";

/** Where the page is kept. */
export const errorsPagePath = new URL("./errors.md", import.meta.url);

/** docs/errors.md: the closed list of error codes of shared/errors.ts, for those who meet one in a log or a header. */
export function errorsPage(): string {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  const section = (retriable: boolean) =>
    table(
      codes
        .filter((code) => errorCodes[code].retriable === retriable)
        .map((code) => [`\`${code}\``, errorMeanings[code]]),
    );
  return [
    "<!-- Generated from shared/errors.ts by `npm run docs`; a test fails when it is stale. -->",
    "# Error codes",
    "",
    "Every error of this project is a `BackboneError` with one of these codes, whether it is retriable, and its `cause`.",
    "Codes are in logs (`code`), in the `dlt-error-code` header of dead letters and in `error.type` of spans. Messages say",
    "what failed, the value that was found and what is allowed; never a payload or a secret.",
    "",
    "## Retriable",
    "",
    "The failure lies in the surroundings. A record that meets it is unfinished and comes again; it counts no attempt and is",
    "never dead-lettered for it.",
    "",
    ...section(true),
    "",
    "## Not retriable",
    "",
    "The failure lies in the record, or in how something is set up. A record that meets it goes to the dead-letter topic;",
    "`HANDLER_FAILED` and `CONDITION_NEVER_MET` only after `maxAttempts` tries. Wrong options and missing prerequisites stop",
    "what was to start.",
    "",
    ...section(false),
    "",
  ].join("\n");
}

/** Columns padded, as the formatter has them. */
function table(rows: [code: string, meaning: string][]): string[] {
  const [codeWidth, meaningWidth] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (code: string, meaning: string, fill = " ") =>
    `| ${code.padEnd(codeWidth ?? 0, fill)} | ${meaning.padEnd(meaningWidth ?? 0, fill)} |`;
  return [line("code", "meaning"), line("-", "-", "-"), ...rows.map(([code, meaning]) => line(code, meaning))];
}
