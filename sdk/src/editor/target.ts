/** What a step or a piece stands at: pointed at on the page, with several ways to find it again, and how good they are. */
import { h } from "../ui/html";
import { find } from "../ui/target";
import { fill } from "../ui/words";
import { type Anchor, anchors, BRITTLE, weighed } from "./anchors";
import { button, type Form, plain, problems } from "./fields";
import type { Marker } from "./marker";
import type { Value } from "./types";
import type { Words } from "./words";

/** Of the ways to find it so many are written down: the first is tried alone at first, then the others. */
const WRITTEN = 3;
const FAIR = 80;

/** `several`: this kind takes more than one way. */
export function target(form: Form, holder: Value, path: string, marker: Marker, several = true): HTMLElement {
  const { words, work } = form;
  const on = selectors(holder);
  const set = (chosen: string[]) => {
    work.change(() => {
      if (chosen.length) holder.on = several && chosen.length > 1 ? chosen : chosen[0];
      else delete holder.on;
    });
    form.again(`point-${path}`);
  };
  const take = (element: Element) => set(best(element, several));
  const point = () => form.point(find(on), take);
  const name = on.length ? words.point_again : words.point;
  const choose = button(name, point, on.length ? "quiet" : "main", { id: `point-${path}` });
  const found = find(on);
  if (found) marker.follow(found, "");
  else marker.rest();
  return h(
    "fieldset",
    { class: "target" },
    h("legend", {}, words.on),
    on.length
      ? h("ol", { class: "ways" }, ...on.map((each) => way(words, weighed(each))))
      : h("p", { class: "hint" }, words.no_anchor),
    on.length > 0 &&
      h("p", { class: found ? "good" : "warning", role: "status" }, found ? words.anchor_found : words.anchor_missing),
    h("div", { class: "row" }, choose, on.length > 0 && button(words.remove, () => set([]))),
    h("details", {}, h("summary", {}, words.selector), byHand(form, path, on, set)),
    problems(form, path ? `${path}.on` : "on"),
  );
}

/** As somebody who knows selectors types it: one on a line would be several, here it is the first. */
function byHand(form: Form, path: string, on: string[], set: (chosen: string[]) => void): HTMLElement {
  let typed = on[0] ?? "";
  const input = plain(
    form,
    { label: form.words.selector, path: `${path}.selector` },
    () => typed,
    (now) => {
      typed = now;
    },
  );
  return h(
    "div",
    { class: "with" },
    input,
    button(form.words.use, () => set([typed, ...on.slice(1)].filter(Boolean))),
  );
}

export function selectors(holder: Value): string[] {
  const { on } = holder;
  return (Array.isArray(on) ? on : [on]).filter((each): each is string => typeof each === "string" && each !== "");
}

/** What is brittle is written down only where there is nothing better. */
export function best(element: Element, several: boolean): string[] {
  const found = anchors(element);
  const good = found.filter(({ score }) => score >= BRITTLE);
  return (good.length ? good : found.slice(0, 1)).slice(0, several ? WRITTEN : 1).map(({ on }) => on);
}

/** One way to find it: its score, in words and as a number, and what may go wrong with it. */
function way(words: Words, { on, score, doubts }: Anchor): HTMLElement {
  const said = { several: words.several, words: words.words, place: words.place_doubt, number: words.number };
  const grade = score >= FAIR ? "precise" : score >= BRITTLE ? "fair" : "brittle";
  return h(
    "li",
    { class: grade },
    h("code", {}, on),
    h("span", { class: "grade" }, `${words[grade]} · ${fill(words.precision, { score })}`),
    ...doubts.map((doubt) => h("span", { class: "hint" }, said[doubt])),
  );
}
