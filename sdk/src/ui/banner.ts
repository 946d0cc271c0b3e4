/** A line across the page: it waits for nobody, and is closed in one click. */
import { alone } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { button } from "./acts";
import css from "./banner.css";
import { CROSS, h, icon, prose } from "./html";
import { painted, Shell, tellShown } from "./shell";
import { words } from "./words";

export function show(piece: Piece, stage: Stage): Shown {
  const { body } = piece;
  const shell = new Shell(body, css);
  const said = words(body);
  const close = () => stage.leave("dismissed");
  const acts = (body.actions ?? []).map((act) => button(act, "main", stage, () => stage.leave("completed")));
  const bar = h(
    "section",
    { class: `banner ${body.place === "bottom" ? "bottom" : ""}`, "aria-labelledby": "title" },
    h("p", { id: "title", class: "title" }, body.title),
    prose(body.body_html),
    ...acts,
    h("button", { type: "button", class: "close", "aria-label": said.close, click: close }, icon(CROSS)),
  );
  shell.stage.append(bar);
  shell.mount();
  shell.announce(body.title);
  alone(tellShown(seen(bar), piece, stage));
  return { remove: () => shell.remove() };
}

async function seen(bar: HTMLElement): Promise<boolean> {
  await painted();
  return bar.getBoundingClientRect().width > 0;
}
