/** What a try is told apart by. */
interface Tried {
  step: string;
  class: string | null;
  message: string;
}

/** Tries of one step, one after the other, that came to the same. */
export interface Round<Attempt> {
  last: Attempt;
  /** The others, the latest first. */
  earlier: Attempt[];
}

/** Puts together what was asked over and over with the same answer; the latest round comes first. */
export function roundsOf<Attempt extends Tried>(attempts: readonly Attempt[]): Round<Attempt>[] {
  const rounds: Round<Attempt>[] = [];
  for (const attempt of attempts) {
    const before = rounds[0];
    if (before !== undefined && isSame(before.last, attempt)) {
      before.earlier.unshift(before.last);
      before.last = attempt;
    } else {
      rounds.unshift({ last: attempt, earlier: [] });
    }
  }
  return rounds;
}

function isSame(a: Tried, b: Tried): boolean {
  return a.step === b.step && a.class === b.class && a.message === b.message;
}
