/** The controls of the form: each with its label, its hint and, beside it, what is wrong. */
import { fromHtml, h } from "../ui/html";
import type { Said, Value } from "./types";
import type { Words } from "./words";
import type { Work } from "./work";

/** What a form is made of and asks for. */
export interface Form {
  work: Work;
  words: Words;
  /** The program's own language. */
  main: string;
  /** Something was answered: say it where it belongs. */
  heard: Set<() => void>;
  /** Something was added, moved or taken away: draw the form again, with the focus there. */
  again(focus?: string): void;
  point(from: Element | null, done: (picked: Element) => void): void;
}

let numbers = 0;

interface Kind {
  label: string;
  path: string;
  hint?: string;
  lines?: number;
}

/** A text of the piece, in the language that is chosen. */
export function text(form: Form, holder: Value, field: string, { label, path, hint, lines }: Kind): HTMLElement {
  const { work, main } = form;
  const typed = (event: Event) =>
    work.change(() => work.write(holder, field, main, (event.target as HTMLInputElement).value), true);
  const input = lines ? h("textarea", { rows: `${lines}`, input: typed }) : h("input", { type: "text", input: typed });
  input.value = work.read(holder, field, main);
  input.lang = work.locale;
  return field_(form, input, label, path, hint);
}

/** A Markdown text, and below it how the server renders it. `html`: what it made of it. */
export function prose(
  form: Form,
  holder: Value,
  name: string,
  kind: Kind,
  html: () => string | undefined,
): HTMLElement {
  const made = h("div", { class: "rendered text" });
  const shown = h("div", { class: "reads", hidden: "" }, h("span", { class: "hint" }, form.words.reads), made);
  const draw = () => {
    const text = html();
    shown.hidden = !text;
    made.replaceChildren(...fromHtml(text ?? ""));
  };
  form.heard.add(draw);
  draw();
  return h("div", { class: "with" }, text(form, holder, name, { lines: 4, hint: form.words.markdown, ...kind }), shown);
}

/** A value that is no text in languages: an address, a pattern, the name of a fact. */
export function plain(form: Form, kind: Kind, get: () => string, set: (typed: string) => void): HTMLElement {
  const input = h("input", { type: "text", spellcheck: "false", autocapitalize: "off" });
  input.value = get();
  input.addEventListener("input", () => form.work.change(() => set(input.value.trim()), true));
  return field_(form, input, kind.label, kind.path, kind.hint);
}

export function choice(
  form: Form,
  kind: Kind,
  options: [string, string][],
  now: string,
  set: (chosen: string) => void,
): HTMLElement {
  const select = h("select", {}, ...options.map(([value, title]) => h("option", { value }, title)));
  select.value = now;
  select.addEventListener("change", () => {
    form.work.change(() => set(select.value));
    form.again(select.id);
  });
  return field_(form, select, kind.label, kind.path, kind.hint);
}

export function button(
  name: string,
  click: () => void,
  look = "quiet",
  more: Record<string, string> = {},
): HTMLButtonElement {
  return h("button", { type: "button", class: look, click, ...more }, name);
}

function field_(form: Form, input: HTMLElement, label: string, path: string, hint = ""): HTMLElement {
  input.id = `field-${path.replace(/\W+/g, "-")}`;
  const [hintId, wrongId] = [`hint-${++numbers}`, `wrong-${numbers}`];
  const wrong = problems(form, path, wrongId, input);
  if (hint) input.setAttribute("aria-describedby", `${hintId} ${wrongId}`);
  else input.setAttribute("aria-describedby", wrongId);
  return h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, label),
    input,
    hint && h("span", { class: "hint", id: hintId }, hint),
    wrong,
  );
}

/** What is wrong at this path and inside of it, beside whatever stands there. */
export function problems(form: Form, path: string, id = `wrong-${++numbers}`, input?: HTMLElement): HTMLElement {
  const place = h("div", { class: "wrong", id });
  const say = () => {
    const said = form.work.at(path);
    place.replaceChildren(...said.map(problem));
    if (said.some(({ level }) => level === "error")) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  };
  form.heard.add(say);
  say();
  return place;
}

export const problem = ({ level, message, mend }: Said): HTMLElement =>
  h("p", { class: level }, h("strong", {}, message), ` ${mend}`);
