/** Asks to bring a friend: the person's own link, to copy or to share. */

import { alone } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { h, heading, prose } from "./html";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { words } from "./words";

const ENGLISH = { copy: "Copy the link", copied: "Copied", share: "Share", link: "Your link" };

export function show(piece: Piece, stage: Stage): Shown {
  const ways = exits(stage);
  let sent = false;
  const leave = () => (sent ? stage.leave("completed") : ways.close());
  const sheet = new Sheet(piece.body, { ...ways, close: leave });
  const tell = () => {
    if (!sent) stage.report("invite_sent");
    sent = true;
  };
  const draw = ({ body }: Piece) => {
    const said = words(body, ENGLISH);
    const url = body.link ?? "";
    const field = h("input", {
      type: "url",
      readonly: "",
      value: url,
      "aria-label": said.link,
      focus: () => field.select(),
    });
    const copy = async () => {
      await copied(field);
      button.textContent = said.copied;
      sheet.shell.announce(said.copied);
      tell();
    };
    const button = h("button", { type: "button", class: "main", click: () => alone(copy()) }, body.button || said.copy);
    const share = () => alone(navigator.share({ url, title: body.title }).then(tell));
    sheet.fill(
      false,
      "",
      heading(body.title),
      prose(body.body_html),
      h("div", { class: "field" }, field),
      h(
        "div",
        { class: "actions" },
        "share" in navigator ? h("button", { type: "button", class: "quiet", click: share }, said.share) : null,
        button,
      ),
    );
  };
  draw(piece);
  alone(tellShown(sheet.seen, piece, stage));
  return { update: draw, remove: () => sheet.remove() };
}

/** Where the page may not write to the clipboard, the old way, from the field itself. */
async function copied(field: HTMLInputElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand("copy");
  }
}
