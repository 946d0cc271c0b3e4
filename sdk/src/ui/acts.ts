/** The buttons of a piece: sample data, another piece, or an address. */
import type { Act, Stage } from "../types";
import { type Child, h, link } from "./html";

const LONGEST_ACT = 100;

/** `then`: what follows once it was pressed. */
export function button(
  { text, url, use_template, start, template }: Act,
  look: string,
  stage: Stage,
  then?: () => void,
): Child {
  const tell = (what: string) => stage.report("acted", undefined, { act: what.slice(0, LONGEST_ACT) });
  const done = (what: string) => {
    tell(what);
    then?.();
  };
  if (url) return link(url, { class: `button ${look}`, click: () => done(url) }, text);
  const go = () => {
    done(use_template ?? start ?? "");
    if (start) stage.start(start);
    else if (use_template && !template?.status)
      stage.emit("template", { key: use_template, data: template?.data ?? {} });
  };
  return h("button", { type: "button", class: look, click: go }, text);
}
