/** The answer to something that the person asked, with the question, and a way to ask on. */
import { alone } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { h, heading, prose } from "./html";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { fill, words } from "./words";

const ENGLISH = { replied: "{name} has answered", your_question: "You asked", ask_on: "Ask further" };

export function show(piece: Piece, stage: Stage): Shown {
  const sheet = new Sheet(piece.body, { close: exits(stage).close });
  const draw = ({ body }: Piece) => {
    const said = words(body, ENGLISH);
    const on = () => {
      stage.leave("completed");
      stage.help();
    };
    sheet.fill(
      false,
      "",
      heading(body.title || fill(said.replied, { name: body.by ?? "" })),
      body.question
        ? h("blockquote", {}, h("span", { class: "live" }, `${said.your_question}: `), body.question)
        : null,
      prose(body.body_html),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", class: "back", click: on }, said.ask_on),
        h("button", { type: "button", class: "main", click: () => stage.leave("completed") }, said.done),
      ),
    );
  };
  draw(piece);
  alone(tellShown(sheet.seen, piece, stage));
  return { update: draw, remove: () => sheet.remove() };
}
