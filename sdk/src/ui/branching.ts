/** Which questions of a survey are asked, and where somebody goes on. Values compare as the server compares them. */
import type { Answer, Question } from "../types";

export type Answers = Record<string, Answer>;
type Scalar = string | number | boolean;

/** The questions that are asked of whoever answered so. The answer to a question that is not asked does not count. */
export function asked(questions: readonly Question[], answers: Answers): Question[] {
  const known: Answers = {};
  return questions.filter((question) => {
    const holds = Object.entries(question.if ?? {}).every(([key, { op, value }]) =>
      passes(op, known[key] ?? null, value),
    );
    if (holds) known[question.key] = answers[question.key] ?? null;
    return holds;
  });
}

/** Where to begin: the first question without an answer, from the one where the person stopped; else the first one. */
export function resume(questions: readonly Question[], answers: Answers, step: number): Question | undefined {
  const open = asked(questions, answers);
  const after = open.filter((question) => questions.indexOf(question) >= step);
  return after.find(({ key }) => (answers[key] ?? null) === null) ?? open[0];
}

/** The questions of the same page that are asked, this one among them. */
export function page(questions: readonly Question[], open: readonly Question[], now: Question): Question[] {
  const first = (question: Question): number => {
    let place = questions.indexOf(question);
    while (questions[place]?.together && place > 0) place--;
    return place;
  };
  return open.filter((each) => first(each) === first(now));
}

export function passes(op: string, value: unknown, wanted: unknown): boolean {
  return TESTS[op]?.(value, wanted) ?? false;
}

const TESTS: Record<string, (value: unknown, wanted: unknown) => boolean> = {
  is,
  is_not: (value, wanted) => !is(value, wanted),
  in: (value, wanted) => Array.isArray(wanted) && wanted.some((one) => is(value, one)),
  contains: (value, wanted) =>
    Array.isArray(value)
      ? value.some((one) => is(one, wanted))
      : bothText(value, wanted) && value.includes(`${wanted}`),
  exists: (value, wanted) => (value !== null) === wanted,
  gt: ordered((a, b) => a > b),
  gte: ordered((a, b) => a >= b),
  lt: ordered((a, b) => a < b),
  lte: ordered((a, b) => a <= b),
  before: ordered((a, b) => a < b), // days: 2026-12-31
  after: ordered((a, b) => a > b),
};

/** A list is equal to nothing. */
function is(value: unknown, wanted: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && value === wanted;
}

/** Texts with texts, numbers with numbers. */
function ordered(compare: (a: Scalar, b: Scalar) => boolean) {
  return (value: unknown, wanted: unknown): boolean =>
    (bothText(value, wanted) || (typeof value === "number" && typeof wanted === "number")) &&
    compare(value as Scalar, wanted as Scalar);
}

const bothText = (value: unknown, wanted: unknown): value is string =>
  typeof value === "string" && typeof wanted === "string";
