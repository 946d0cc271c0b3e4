/**
 * A line across the page: it waits for nobody, and is closed in one click. It covers nothing: the page is moved by its
 * height, or, where a header of the page is fixed to the top, it stands at the bottom, and the page can be scrolled free.
 */
import { alone, guard } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { button } from "./acts";
import css from "./banner.css";
import { dressed } from "./dressed";
import { cross, h, prose } from "./html";
import { Shell, tellShown } from "./shell";
import { words } from "./words";

export function show(piece: Piece, stage: Stage): Shown {
  const { body } = piece;
  const shell = new Shell(body, css);
  const acts = (body.actions ?? []).map((act) => button(act, "main", stage, () => stage.leave("completed")));
  const edge = body.place === "bottom" || headed() ? "bottom" : "top";
  const bar = h(
    "section",
    { class: `banner ${edge}`, "aria-labelledby": "title" },
    h("p", { id: "title", class: "title" }, body.title),
    prose(body.body_html),
    ...acts,
    cross(words(body).close, () => stage.leave("dismissed")),
  );
  shell.stage.append(bar);
  shell.mount();
  shell.announce(body.title);
  const unmove = moved(bar, edge);
  alone(tellShown(() => bar.getBoundingClientRect().width > 0, piece, stage));
  return {
    remove() {
      unmove();
      shell.remove();
    },
  };
}

/** The page makes room for it, whatever its height becomes, and so does what else is at the foot of the page; gives what
 * takes the room away again. */
function moved(bar: HTMLElement, edge: "top" | "bottom"): () => void {
  const side = edge === "top" ? "block-start" : "block-end";
  let undress = () => {};
  const move = guard(() => {
    const { height } = bar.getBoundingClientRect();
    undress();
    const foot = edge === "bottom" ? `--milepost-foot: ${height}px;` : "";
    undress = dressed(
      `html { padding-${side}: ${height}px !important; scroll-padding-${side}: ${height}px !important; ${foot} }`,
    );
  });
  const observer = new ResizeObserver(move);
  observer.observe(bar);
  move();
  return () => {
    observer.disconnect();
    undress();
  };
}

/** Whether something of the page is fixed to its top: it would not make room. */
function headed(): boolean {
  const at = document.elementFromPoint(innerWidth / 2, 1);
  for (let each = at; each; each = each.parentElement)
    if (/fixed|sticky/.test(getComputedStyle(each).position)) return true;
  return false;
}
