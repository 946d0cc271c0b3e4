/**
 * Something to read, as a card beside the page: an article, what is new, or an offer, its reason being the text. What has to
 * be read (`modal`) stands in the middle; it can be put off to the next visit, not refused.
 */
import { alone } from "../core/guard";
import type { Action, Body, Offer, Piece, Shown, Stage } from "../types";
import { button } from "./acts";
import { type Child, h, heading, link, prose } from "./html";
import { type Exits, exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { words } from "./words";

const ENGLISH = { decline: "No, thank you", emergency: "If something goes wrong" };

export function show(piece: Piece, stage: Stage): Shown {
  const sheet = new Sheet(piece.body, ways(piece.body, stage));
  const draw = ({ body }: Piece) => {
    const actions = h("div", { class: "actions" }, ...choices(body, stage));
    sheet.fill(false, "", heading(body.title), prose(body.body_html), ...emergency(body), actions);
  };
  draw(piece);
  alone(told(sheet.seen, piece, stage));
  return { update: draw, remove: () => sheet.remove() };
}

function read(body: Body, stage: Stage): Child {
  const done = () => stage.leave("completed");
  return h("button", { type: "button", class: "main", click: done }, body.button || words(body).done);
}

function ways({ modal }: Body, stage: Stage): Exits {
  const all = exits(stage);
  return modal ? { close: all.later, later: all.later } : all;
}

function choices(body: Body, stage: Stage): Child[] {
  if (body.offer) return offered(body.offer, body, stage);
  const acts = (body.actions ?? []).map((act) => button(act, "main", stage, () => stage.leave("completed")));
  return acts.length ? acts : [read(body, stage)];
}

/** The card that says what to do then. */
function emergency(body: Body): Child[] {
  if (!body.emergency_html) return [];
  return [h("h3", {}, words(body, ENGLISH).emergency), prose(body.emergency_html)];
}

/** As easily declined as taken. */
function offered({ key, url, button }: Offer, body: Body, stage: Stage): Child[] {
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

async function told(seen: () => boolean, piece: Piece, stage: Stage): Promise<void> {
  const { status, body } = piece;
  await tellShown(seen, piece, stage);
  if (body.offer && status === "waiting" && seen()) stage.report("offer_shown", undefined, { offer: body.offer.key });
}
