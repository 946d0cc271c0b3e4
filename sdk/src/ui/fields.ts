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

const ENDS: Record<string, [number, number]> = { stars: [1, 5], nps: [0, 10], csat: [1, 5], ces: [1, 7] };

/** `n`: which one of its page; `alone`: the heading of the page is the question. */
export function field(question: Question, known: Answer, n: number, alone: boolean): Field {
  const { kind } = question;
  const ends = ENDS[kind];
  if (ends) return chosen(scale(ends, question), question, known, n, alone);
  if (kind === "text") return typed(h("textarea", { rows: "4", maxlength: "2000" }), question, known, n, alone);
  if (kind === "short text") return typed(h("input", { type: "text", maxlength: "200" }), question, known, n, alone);
  if (kind === "date") return typed(h("input", { type: "date" }), question, known, n, alone);
  if (kind !== "number") return chosen(question.options, question, known, n, alone);
  return typed(h("input", { type: "text", inputmode: "decimal", autocomplete: "off" }), question, known, n, alone);
}

const described = (n: number): string => `hint${n} ends${n} unit${n} wrong${n}`;

interface Option {
  value: string;
  text: string;
  image?: string;
  alt?: string;
}

function scale([from, to]: [number, number], { kind, at_most }: Question): Option[] {
  const last = (kind === "stars" && at_most) || to;
  return Array.from({ length: last - from + 1 }, (_, n) => ({ value: `${from + n}`, text: `${from + n}` }));
}

function chosen(options: Option[], question: Question, known: Answer, n: number, alone: boolean): Field {
  const { kind, least, most } = question;
  const multi = kind === "multi" || kind === "pictures";
  const had = new Set((Array.isArray(known) ? known : [known]).map(String));
  const type = multi ? "checkbox" : "radio";
  const boxes = options.map(({ value }) =>
    h("input", { type, name: `answer${n}`, value, ...(had.has(value) && { checked: "" }) }),
  );
  const labels = options.map(({ text, image, alt }, place) => {
    const picture = image && h("img", { src: image, alt: alt ?? "" });
    return h("label", {}, boxes[place], picture, h("span", kind === "stars" ? { "data-sign": "★" } : {}, text));
  });
  const picked = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return {
    element: h(
      "fieldset",
      { class: ENDS[kind] && kind !== "stars" ? "scale" : kind, "aria-describedby": described(n) },
      h("legend", { class: alone ? "live" : "" }, question.ask),
      h("div", { class: "set" }, ...labels),
      (least || most) && h("div", { class: "ends", id: `ends${n}` }, h("span", {}, least), " ", h("span", {}, most)),
    ),
    value() {
      const [one = null, ...more] = picked();
      if (multi) return one === null ? null : [one, ...more];
      return one !== null && ENDS[kind] ? Number(one) : one;
    },
    wrong: () => null,
    focus: () => (boxes.find((box) => box.checked) ?? boxes[0])?.focus(),
  };
}

type Input = HTMLInputElement | HTMLTextAreaElement;

function typed(input: Input, question: Question, known: Answer, n: number, alone: boolean): Field {
  const { ask, kind, unit, at_least: least, at_most: most } = question;
  input.id = `field${n}`;
  input.setAttribute("aria-labelledby", alone ? "title" : `ask${n}`);
  input.setAttribute("aria-describedby", described(n));
  input.value = known === null ? "" : `${known}`;
  const text = () => input.value.trim();
  const number = () => Number(text().replace(/\s/g, "").replace(",", "."));
  const label = !alone && h("p", { class: "ask", id: `ask${n}` }, ask);
  return {
    element: h("div", { class: "field" }, label, input, unit && h("span", { class: "unit", id: `unit${n}` }, unit)),
    value: () => (text() === "" ? null : kind === "number" ? (Number.isFinite(number()) ? number() : text()) : text()),
    wrong() {
      if (kind !== "number" || text() === "") return null;
      if (!Number.isFinite(number())) return "wrong_number";
      return number() < (least ?? -Infinity) || number() > (most ?? Infinity) ? "out_of_range" : null;
    },
    focus: () => input.focus({ preventScroll: true }),
  };
}
