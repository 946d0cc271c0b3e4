/** What a step or a piece stands at: pointed at on the page, with several ways to find it again, and how good they are. */
import { h } from "../ui/html";
import { visible } from "../ui/target";
import { fill } from "../ui/words";
import { type Anchor, anchors, BRITTLE, look, type On, weighed } from "./anchors";
import { button, type Form, plain, problems } from "./fields";
import type { Marker } from "./marker";
import type { Value } from "./types";
import type { Words } from "./words";

/** Of the ways to find it so many are written down: the first is tried alone at first, then the others. */
const WRITTEN = 3;
const FAIR = 80;

/** What a kind of piece takes: one CSS selector, several, or several of anything. */
export type Takes = "one" | "several" | "anything";

export function target(form: Form, holder: Value, path: string, marker: Marker, takes: Takes): HTMLElement {
  const { words, work } = form;
  const on = waysOf(holder);
  const set = (chosen: On[]) => {
    work.change(() => {
      if (chosen.length) holder.on = takes !== "one" && chosen.length > 1 ? chosen : chosen[0];
      else delete holder.on;
    });
    form.again(`point-${path}`);
  };
  const point = () => form.point(find(on), (element) => set(best(element, takes)));
  const name = on.length ? words.point_again : words.point;
  const choose = button(name, point, on.length ? "quiet" : "main", { id: `point-${path}` });
  const found = find(on);
  if (found) marker.follow(found, "");
  else marker.rest();
  const told = found ? words.anchor_found : words.anchor_missing;
  return h(
    "fieldset",
    { class: "target" },
    h("legend", {}, words.on),
    on.length
      ? h("ol", { class: "ways" }, ...on.map((each) => way(words, weighed(each))))
      : h("p", { class: "hint" }, words.no_anchor),
    on.length > 0 && h("p", { class: found ? "good" : "warning", role: "status" }, told),
    h("div", { class: "row" }, choose, on.length > 0 && button(words.remove, () => set([]))),
    h("details", {}, h("summary", {}, words.selector), byHand(form, path, on, set)),
    problems(form, path ? `${path}.on` : "on"),
  );
}

/** The first visible element of the best way that finds one. */
export function find(on: readonly On[]): Element | null {
  for (const each of on) {
    const found = look(each).find(visible);
    if (found) return found;
  }
  return null;
}

/** As somebody who knows selectors types it: one on a line would be several, here it is the first. */
function byHand(form: Form, path: string, on: On[], set: (chosen: On[]) => void): HTMLElement {
  let typed = typeof on[0] === "string" ? on[0] : "";
  const input = plain(
    form,
    { label: form.words.selector, path: `${path}.selector` },
    () => typed,
    (now) => {
      typed = now;
    },
  );
  const rest = typeof on[0] === "string" ? on.slice(1) : on;
  return h(
    "div",
    { class: "with" },
    input,
    button(form.words.use, () => set([typed, ...rest].filter((each) => !!each))),
  );
}

/** Whatever is written there: also what was written by hand. */
export function waysOf(holder: Value): On[] {
  const { on } = holder;
  return (Array.isArray(on) ? on : [on]).filter((each): each is On => !!each && typeof each !== "number");
}

/** What is brittle is written down only where there is nothing better. */
export function best(element: Element, takes: Takes): On[] {
  const found = anchors(element, takes !== "anything");
  const good = found.filter(({ score }) => score >= BRITTLE);
  return (good.length ? good : found.slice(0, 1)).slice(0, takes === "one" ? 1 : WRITTEN).map(({ on }) => on);
}

/** One way to find it: its score, in words and as a number, and what may go wrong with it. */
function way(words: Words, { on, score, doubts }: Anchor): HTMLElement {
  const told = { several: words.several, words: words.words, place: words.place_doubt, number: words.number };
  const grade = score >= FAIR ? "precise" : score >= BRITTLE ? "fair" : "brittle";
  return h(
    "li",
    { class: grade },
    h("code", {}, said(on)),
    h("span", { class: "grade" }, `${words[grade]} · ${fill(words.precision, { score })}`),
    ...doubts.map((doubt) => h("span", { class: "hint" }, told[doubt])),
  );
}

const said = (on: On): string =>
  typeof on === "string"
    ? on
    : Object.entries(on)
        .map(([name, value]) => `${name}: ${typeof value === "string" ? value : Object.values(value).join(" / ")}`)
        .join(", ");
