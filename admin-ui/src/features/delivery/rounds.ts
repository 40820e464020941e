/** What a try is told apart by. */
interface Tried {
  step: string;
  class: string | null;
  message: string;
}

interface Step {
  name: string;
  state: string;
  kind: string;
}

/** What came of a try: a step that waits for its platform, or for a person, was asked after and is not over. */
export type Outcome = "done" | "waiting" | "failed";

/** Tries of one step, one after the other, that came to the same. */
export interface Round<Attempt> {
  outcome: Outcome;
  last: Attempt;
  /** The others, the latest first. */
  earlier: Attempt[];
}

/** Puts together what was asked over and over with the same answer; the latest round comes first. */
export function roundsOf<Attempt extends Tried>(attempts: readonly Attempt[], steps: readonly Step[]): Round<Attempt>[] {
  const ends = new Map(attempts.filter(isGood).map((attempt) => [attempt.step, attempt]));
  const outcomeOf = (attempt: Attempt): Outcome => {
    if (!isGood(attempt)) return "failed";
    const step = steps.find(({ name }) => name === attempt.step);
    if (step === undefined || step.kind === "COMMIT") return "done";
    return step.state === "DONE" && ends.get(attempt.step) === attempt ? "done" : "waiting";
  };
  const rounds: Round<Attempt>[] = [];
  for (const attempt of attempts) {
    const outcome = outcomeOf(attempt);
    const before = rounds[0];
    if (before?.outcome === outcome && isSame(before.last, attempt)) {
      before.earlier.unshift(before.last);
      before.last = attempt;
    } else {
      rounds.unshift({ outcome, last: attempt, earlier: [] });
    }
  }
  return rounds;
}

function isGood(attempt: Tried): boolean {
  return attempt.class === null;
}

function isSame(a: Tried, b: Tried): boolean {
  return a.step === b.step && a.class === b.class && a.message === b.message;
}
