import { expect, test } from "vitest";

import { roundsOf } from "./rounds";

const DRAFT = { name: "add_draft", kind: "COMMIT", state: "DONE" };
const PERSON = { name: "await_person", kind: "OBSERVE", state: "PENDING" };

const tried = (id: string, step: string, outcome: string | null = null, message = "") => ({ id, step, class: outcome, message });

test("what was asked over and over with the same answer is one round, its latest try in front", () => {
  const rounds = roundsOf([tried("a", "add_draft"), tried("b", "await_person"), tried("c", "await_person"), tried("d", "await_person")], [DRAFT, PERSON]);

  expect(rounds.map(({ last, earlier }) => [last.id, earlier.map(({ id }) => id)])).toEqual([
    ["d", ["c", "b"]],
    ["a", []],
  ]);
});

test("a step that is asked after was not done before its last answer", () => {
  const attempts = [tried("a", "add_draft"), tried("b", "await_person"), tried("c", "await_person")];
  const outcomes = (state: string) => roundsOf(attempts, [DRAFT, { ...PERSON, state }]).map(({ last, outcome }) => [last.id, outcome]);

  expect(outcomes("PENDING")).toEqual([
    ["c", "waiting"],
    ["a", "done"],
  ]);
  expect(outcomes("DONE")).toEqual([
    ["c", "done"],
    ["b", "waiting"],
    ["a", "done"],
  ]);
});

test("what failed is neither", () => {
  expect(roundsOf([tried("a", "add_draft", "CHANNEL_DOWN")], [DRAFT])).toMatchObject([{ outcome: "failed" }]);
});

test("another answer begins another round", () => {
  const rounds = roundsOf([tried("a", "reconcile", "CHANNEL_DOWN", "503"), tried("b", "reconcile", "CHANNEL_DOWN", "502"), tried("c", "reconcile")], [DRAFT]);

  expect(rounds.map(({ last }) => last.id)).toEqual(["c", "b", "a"]);
});
