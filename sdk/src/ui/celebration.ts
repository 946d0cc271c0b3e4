/** Marks a small win: a card, a short burst of paper, and nothing that has to be done. */
import { alone } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { confetti } from "./confetti";
import { fromHtml, h, icon } from "./html";
import { calm, contactLine, painted, Shell } from "./shell";
import { words } from "./words";

const FLAG = "M5 22V4M5 4c5-3 9 3 14 0v10c-5 3-9-3-14 0";
const CROSS = "M6 6l12 12M18 6L6 18";

export function show(piece: Piece, stage: Stage): Shown {
  const { body } = piece;
  const said = words(body);
  const shell = new Shell(body);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) leave();
  };
  const leave = () => stage.leave("completed");
  const contact = contactLine(body.contact, said.help);
  const card = h(
    "section",
    { class: "card win", role: "dialog", "aria-labelledby": "title", tabindex: "-1" },
    h("div", { class: "sign" }, icon(FLAG)),
    h("button", { class: "close", "aria-label": said.close, click: leave }, icon(CROSS)),
    h("h2", { id: "title" }, body.title),
    h("div", { class: "text" }, fromHtml(body.body_html)),
    h("div", { class: "actions" }, h("button", { class: "main", click: leave }, body.button || said.done)),
    contact && h("div", { class: "more" }, contact),
  );
  shell.stage.append(card);
  shell.mount();
  shell.announce(`${body.title}. ${card.querySelector(".text")?.textContent ?? ""}`);
  document.addEventListener("keydown", keys);
  if (piece.status === "waiting") alone(first(piece, stage, shell, card));
  return {
    remove() {
      document.removeEventListener("keydown", keys);
      shell.remove();
    },
  };
}

/** The moment itself; it does not come again when the page is loaded again. */
async function first({ body }: Piece, stage: Stage, shell: Shell, card: HTMLElement): Promise<void> {
  await painted();
  if (!card.isConnected) return;
  stage.report("shown");
  if (body.confetti && !calm()) confetti(shell.stage, card.getBoundingClientRect());
}
