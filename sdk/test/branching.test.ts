import { describe, expect, test } from "vitest";
import type { Question } from "../src/types";
import { asked, passes, resume } from "../src/ui/branching";

const question = (key: string, changes: Partial<Question> = {}): Question => ({
  key,
  ask: `${key}?`,
  kind: "choice",
  options: [],
  optional: true,
  ...changes,
});
const keys = (questions: Question[]) => questions.map(({ key }) => key);

describe("a test of an answer", () => {
  test.each([
    ["is", "cake", "cake", true],
    ["is", 1, 1, true],
    ["is", "1", 1, false],
    ["is", true, 1, false],
    ["is", ["cake"], "cake", false],
    ["is_not", "cake", "time", true],
    ["is_not", null, "cake", true],
    ["in", "cake", ["time", "cake"], true],
    ["in", "cake", [], false],
    ["in", null, ["cake"], false],
    ["contains", ["cake", "time"], "cake", true],
    ["contains", ["cake"], "time", false],
    ["contains", "cakes", "cake", true],
    ["contains", null, "cake", false],
    ["gt", 7, 6, true],
    ["gt", 6, 6, false],
    ["gte", 6, 6, true],
    ["lt", 5.5, 6, true],
    ["lte", 6, 6, true],
    ["lt", "5", 6, false],
    ["lt", null, 6, false],
    ["before", "2026-11-22", "2027-01-01", true],
    ["after", "2026-11-22", "2027-01-01", false],
    ["exists", null, false, true],
    ["exists", "x", true, true],
    ["no such test", "x", "x", false],
  ])("%s: %j against %j is %s", (op, value, wanted, expected) => {
    expect(passes(op, value, wanted)).toBe(expected);
  });
});

describe("what is asked", () => {
  const survey = [
    question("goal"),
    question("trouble", { if: { goal: { op: "is", value: "jeans" } } }),
    question("cake", { if: { goal: { op: "is_not", value: "energy" }, trouble: { op: "is", value: "cake" } } }),
  ];

  test("hangs on everything that must hold", () => {
    expect(keys(asked(survey, {}))).toEqual(["goal"]);
    expect(keys(asked(survey, { goal: "jeans" }))).toEqual(["goal", "trouble"]);
    expect(keys(asked(survey, { goal: "jeans", trouble: "cake" }))).toEqual(["goal", "trouble", "cake"]);
  });

  test("does not hang on the answer to a question that is no longer asked", () => {
    expect(keys(asked(survey, { goal: "record", trouble: "cake" }))).toEqual(["goal"]);
  });
});

describe("somebody who comes back", () => {
  const survey = [question("a"), question("b", { if: { a: { op: "is", value: "x" } } }), question("c")];

  test.each([
    [{}, 0, "a"],
    [{ a: "x" }, 0, "b"],
    [{ a: "y" }, 0, "c"],
    [{ a: "y" }, 1, "c"],
    [{ c: "z" }, 1, "a"],
    [{ a: "x", c: "z" }, 0, "b"],
    [{ a: "y", c: "z" }, 0, "a"],
  ])("who answered %j and stopped at %i goes on at %s", (answers, step, expected) => {
    expect(resume(survey, answers, step)?.key).toBe(expected);
  });
});
