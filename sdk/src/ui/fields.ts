/** The fields of a survey: what is drawn for each kind of question, and what was put into it. */
import type { Answer, Question } from "../types";
import { h } from "./html";

export interface Field {
  element: HTMLElement;
  /** Null for nothing. */
  value(): Answer;
  /** What is wrong with it, as a name of a text; the server looks at it again. */
  wrong(): "wrong_number" | "out_of_range" | null;
  focus(): void;
}

export interface FieldWords extends Record<string, string> {
  least: string;
  most: string;
}

const STARS = 5;
const NPS = 10;

/** `describedby`: the ids of what explains the field. */
export function field(question: Question, known: Answer, words: FieldWords): Field {
  switch (question.kind) {
    case "text":
      return typed(h("textarea", { rows: "4", maxlength: "4000" }), question, known);
    case "number":
      return typed(h("input", { type: "text", inputmode: "decimal", autocomplete: "off" }), question, known);
    case "date":
      return typed(h("input", { type: "date" }), question, known);
    case "stars":
      return chosen(scale(1, question.at_most ?? STARS, "★"), question, known, "stars");
    case "nps":
      return chosen(scale(0, NPS), question, known, "scale", words);
    default:
      return chosen(question.options, question, known, "options");
  }
}

interface Option {
  value: string;
  text: string;
  sign?: string;
}

function scale(from: number, to: number, sign?: string): Option[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({
    value: `${from + n}`,
    text: `${from + n}`,
    ...(sign && { sign }),
  }));
}

function chosen(options: Option[], question: Question, known: Answer, name: string, words?: FieldWords): Field {
  const multi = question.kind === "multi";
  const numeric = question.kind === "stars" || question.kind === "nps";
  const had = new Set((Array.isArray(known) ? known : [known]).map(String));
  const boxes = options.map(({ value }) =>
    h("input", { type: multi ? "checkbox" : "radio", name: "answer", value, ...(had.has(value) && { checked: "" }) }),
  );
  const labels = options.map(({ text, sign }, n) =>
    h("label", {}, boxes[n], sign ? h("span", { "data-sign": sign }, text) : h("span", {}, text)),
  );
  const ends =
    words && h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, words.least), h("span", {}, words.most));
  const legend = h("legend", { class: "live" }, question.ask);
  const picked = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return {
    element: h(
      "fieldset",
      { class: name, "aria-describedby": "hint wrong" },
      legend,
      h("div", { class: "set" }, ...labels),
      ends,
    ),
    value() {
      const [one = null, ...more] = picked();
      if (multi) return one === null ? null : [one, ...more];
      return one !== null && numeric ? Number(one) : one;
    },
    wrong: () => null,
    focus: () => (boxes.find((box) => box.checked) ?? boxes[0])?.focus(),
  };
}

function typed(input: HTMLInputElement | HTMLTextAreaElement, question: Question, known: Answer): Field {
  const { kind, unit, at_least: least, at_most: most } = question;
  input.id = "field";
  input.setAttribute("aria-labelledby", "title");
  input.setAttribute("aria-describedby", "unit hint wrong");
  input.value = known === null ? "" : `${known}`;
  const text = () => input.value.trim();
  const number = () => Number(text().replace(/[\s ]/g, "").replace(",", "."));
  return {
    element: h("div", { class: "field" }, input, unit && h("span", { class: "unit", id: "unit" }, unit)),
    value: () => (text() === "" ? null : kind === "number" ? (Number.isFinite(number()) ? number() : text()) : text()),
    wrong() {
      if (kind !== "number" || text() === "") return null;
      if (!Number.isFinite(number())) return "wrong_number";
      return number() < (least ?? -Infinity) || number() > (most ?? Infinity) ? "out_of_range" : null;
    },
    focus: () => input.focus({ preventScroll: true }),
  };
}
