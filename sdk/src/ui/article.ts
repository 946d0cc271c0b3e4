/** Help text as a card beside the page; or an offer that stands by itself, its reason being the text. */
import { alone } from "../core/guard";
import type { Action, Body, Offer, Piece, Shown, Stage } from "../types";
import { type Child, h, heading, link, prose } from "./html";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { words } from "./words";

const ENGLISH = { decline: "No, thank you" };

export function show(piece: Piece, stage: Stage): Shown {
  const sheet = new Sheet(piece.body, exits(stage));
  const draw = ({ body }: Piece) => {
    const actions = body.offer ? ways(body.offer, body, stage) : [read(body, stage)];
    sheet.fill(false, "", heading(body.title), prose(body.body_html), h("div", { class: "actions" }, ...actions));
  };
  draw(piece);
  alone(told(sheet.seen(), piece, stage));
  return { update: draw, remove: () => sheet.remove() };
}

function read(body: Body, stage: Stage): Child {
  const done = () => stage.leave("completed");
  return h("button", { type: "button", class: "main", click: done }, body.button || words(body).done);
}

/** As easily declined as taken. */
function ways({ key, url, button }: Offer, body: Body, stage: Stage): Child[] {
  const answer = (how: "offer_accepted" | "offer_declined", end: Action) => () => {
    stage.report(how, undefined, { offer: key });
    stage.leave(end);
  };
  const decline = answer("offer_declined", "dismissed");
  return [
    h("button", { type: "button", class: "back", click: decline }, words(body, ENGLISH).decline),
    link(url, { class: "button main", click: answer("offer_accepted", "completed") }, button),
  ];
}

async function told(seen: Promise<boolean>, piece: Piece, stage: Stage): Promise<void> {
  const { status, body } = piece;
  await tellShown(seen, piece, stage);
  if (body.offer && status === "waiting" && (await seen))
    stage.report("offer_shown", undefined, { offer: body.offer.key });
}
