import { expect, test } from "vitest";

import { roundsOf } from "./rounds";

const tried = (id: string, step: string, outcome: string | null = null, message = "") => ({ id, step, class: outcome, message });

test("what was asked over and over with the same answer is one round, its latest try in front", () => {
  const rounds = roundsOf([tried("a", "add_draft"), tried("b", "await_person"), tried("c", "await_person"), tried("d", "await_person")]);

  expect(rounds.map(({ last, earlier }) => [last.id, earlier.map(({ id }) => id)])).toEqual([
    ["d", ["c", "b"]],
    ["a", []],
  ]);
});

test("another answer begins another round", () => {
  const rounds = roundsOf([tried("a", "reconcile", "CHANNEL_DOWN", "503"), tried("b", "reconcile", "CHANNEL_DOWN", "502"), tried("c", "reconcile")]);

  expect(rounds.map(({ last }) => last.id)).toEqual(["c", "b", "a"]);
});
