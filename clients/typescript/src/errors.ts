// What can go wrong, and how it is told.

/** An answer of the control API that is a refusal (RFC 9457). */
export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  hint?: string;
  errors?: { at: string; detail: string }[];
  count?: number;
  expected?: string;
  found?: string[];
  nearest?: {
    id: string;
    what: string;
    conditions: { at: string; expected: unknown; found: unknown; holds: boolean }[];
  }[];
}

/** Everything that this package throws. */
export class RingbackError extends Error {
  override name = "RingbackError";
}

/** Ringback could not be found, started or reached. */
export class StartError extends RingbackError {
  override name = "StartError";
}

/** The control API refused a request, which has changed nothing. */
export class Refused extends RingbackError {
  override name = "Refused";

  constructor(
    what: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    const lines = [`${what} is answered ${status}: ${problem.detail ?? problem.title ?? "no reason given"}`];
    for (const error of problem.errors ?? []) lines.push(`  at ${error.at}: ${error.detail}`);
    if (problem.hint) lines.push(`  hint: ${problem.hint}`);
    super(lines.join("\n"));
  }
}

/** What was to have happened has not; the text says what came nearest. */
export class VerificationError extends RingbackError {
  override name = "VerificationError";

  constructor(
    text: string,
    readonly problem: Problem,
  ) {
    super(text);
  }
}

/** What was waited for did not happen in time. */
export class WaitTimeout extends VerificationError {
  override name = "WaitTimeout";
}

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}

/** Says in several lines what was asked for and what was there. */
export function explain(whose: string, wanted: readonly unknown[], problem: Problem): string {
  const lines = [`${problem.detail ?? "it has not happened"} (${whose})`];
  for (const match of wanted) lines.push(`  wanted: ${shown(match)}`);
  if (problem.found?.length) lines.push(`  found: ${problem.found.join(", ")}`);
  const nearest = problem.nearest ?? [];
  for (const [place, candidate] of nearest.entries()) {
    lines.push(`  ${place === 0 ? "nearest:" : "     and:"} ${candidate.what} [${candidate.id}]`);
    for (const { at, expected, found, holds } of candidate.conditions) {
      const name = at.replace(/^\/match\//, "");
      if (holds) lines.push(`             ${name} is ${shown(found)}`);
      else lines.push(`      NOT -> ${name}: wanted ${shown(expected)}, there is ${shown(found)}`);
    }
  }
  if (nearest.length === 0 && !problem.found?.length) {
    lines.push("  nothing of the kind has happened there at all");
  }
  if (problem.hint) lines.push(`  hint: ${problem.hint}`);
  return lines.join("\n");
}
