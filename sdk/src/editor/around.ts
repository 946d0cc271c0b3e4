/** What stands around the form of a piece: the way back, its language, all its problems, and what can be done with it. */
import { h } from "../ui/html";
import { fill } from "../ui/words";
import { button, type Form, problem } from "./fields";
import { called } from "./list";
import type { Bench } from "./types";

export function above({ work, words, again }: Form, bench: Bench, away: () => void): HTMLElement {
  const languages = bench.locales.map((each) => h("option", { value: each }, each));
  const language = h("select", { "aria-label": words.language, id: "language" }, ...languages);
  language.value = work.locale;
  language.addEventListener("change", () => {
    work.locale = language.value;
    work.check(true);
    again("language");
  });
  return h(
    "div",
    { class: "row spread" },
    button(`‹ ${words.back}`, away, "line"),
    h("span", { class: "badge" }, called(bench, work.kind)),
    bench.locales.length > 1 && language,
  );
}

export function checks({ work, words, heard }: Form): HTMLElement {
  const place = h("div", { class: "checks" });
  const say = () => {
    const { problems = [], elsewhere = 0 } = work.answer ?? {};
    const said = fill(words.problems, { n: problems.length });
    const all = problems.length > 0 && h("details", {}, h("summary", {}, said), ...problems.map(problem));
    const rest = elsewhere > 0 && h("p", { class: "hint" }, fill(words.elsewhere, { n: elsewhere }));
    place.replaceChildren(...([all, rest].filter((each) => !!each) as Node[]));
  };
  heard.add(say);
  say();
  return place;
}

export function below({ work, words, heard, again }: Form, preview: () => void, save: () => void): HTMLElement {
  const back = () => {
    work.undo();
    again("undo");
  };
  const undo = button(words.undo, back, "line", { id: "undo" });
  const look = button(words.preview, preview, "quiet", { id: "preview" });
  const keep = button(words.save, save, "main", { id: "save" });
  const say = () => {
    undo.disabled = !work.mayUndo;
    keep.disabled = work.saved;
    look.disabled = !work.answer?.drawn;
    look.title = work.answer?.refusal ?? "";
  };
  heard.add(say);
  say();
  return h("div", { class: "foot" }, undo, look, keep);
}
