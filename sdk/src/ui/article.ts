/** Help text as a card beside the page. */
import { alone } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { h, heading, prose } from "./html";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { words } from "./words";

export function show(piece: Piece, stage: Stage): Shown {
  const sheet = new Sheet(piece.body, exits(stage));
  const draw = ({ body }: Piece) => {
    const done = () => stage.leave("completed");
    const button = h("button", { type: "button", class: "main", click: done }, body.button || words(body).done);
    sheet.fill(false, "", heading(body.title), prose(body.body_html), h("div", { class: "actions" }, button));
  };
  draw(piece);
  alone(tellShown(sheet.seen(), piece, stage));
  return { update: draw, remove: () => sheet.remove() };
}
