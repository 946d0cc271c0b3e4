/** Marks a small win: a card, a short burst of paper, perhaps an offer, and nothing that has to be done. */
import { alone } from "../core/guard";
import type { Offer, Piece, Shown, Stage } from "../types";
import css from "./celebration.css";
import { confetti } from "./confetti";
import { contactLine } from "./contact";
import { cross, h, heading, icon, link, prose } from "./html";
import { calm, framed, painted, Shell } from "./shell";
import { fill, words } from "./words";

type Own = "goal" | "decline";

const FLAG = "M5 22V4M5 4c5-3 9 3 14 0v10c-5 3-9-3-14 0";

export function show(piece: Piece, stage: Stage): Shown {
  const { body } = piece;
  const said = words<Record<Own, string>>(body);
  const shell = new Shell(body, css);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) leave();
  };
  const leave = () => stage.leave("completed");
  const contact = contactLine(body);
  const card = framed(
    "win",
    "dialog",
    h("div", { class: "sign" }, icon(FLAG)),
    cross(said.close, leave),
    heading(body.title),
    prose(body.body_html),
    body.goal ? h("p", { class: "goal" }, fill(said.goal, { goal: body.goal })) : null,
    body.offer ? offered(body.offer, said.decline, stage) : null,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: body.offer ? "quiet" : "main", click: leave }, body.button || said.done),
    ),
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
  if (body.offer) stage.report("offer_shown", undefined, { offer: body.offer.key });
  if (body.confetti && !calm()) confetti(shell.stage, card.getBoundingClientRect());
}

/** Part of the moment, and as easily declined as taken. */
function offered({ key, title, why_html, url, button }: Offer, no: string, stage: Stage): HTMLElement {
  const accept = () => {
    stage.report("offer_accepted", undefined, { offer: key });
    stage.leave("completed");
  };
  const decline = () => {
    stage.report("offer_declined", undefined, { offer: key });
    const card = box.parentElement;
    box.remove();
    card?.focus();
  };
  const box: HTMLElement = h(
    "section",
    { class: "offer", "aria-labelledby": "offer" },
    h("h3", { id: "offer" }, title),
    prose(why_html),
    h(
      "div",
      { class: "ways" },
      link(url, { class: "button main", click: accept }, button),
      h("button", { type: "button", click: decline }, no),
    ),
  );
  return box;
}
