/** Everything to learn from in one place: a button at the edge of the page that opens a list. */
import { alone, guard } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { h, heading, prose } from "./html";
import css from "./resource_center.css";
import { Sheet } from "./sheet";
import { Shell, tellShown } from "./shell";

export function show(piece: Piece, stage: Stage): Shown {
  const { body } = piece;
  const shell = new Shell(body, css);
  let sheet: Sheet | null = null;
  const shut = () => {
    sheet?.remove();
    sheet = null;
    knob.focus({ preventScroll: true });
  };
  const begin = (key: string) => {
    shut();
    stage.report("acted", undefined, { act: key });
    stage.start(key);
  };
  const open = guard(() => {
    if (sheet) return shut();
    sheet = new Sheet(body, { close: shut }, css);
    const lines = (body.resources ?? []).map(({ key, title }) =>
      h("li", {}, h("button", { type: "button", class: "quiet", click: () => begin(key) }, title)),
    );
    sheet.fill(true, "", heading(body.title), prose(body.body_html), h("ul", { class: "resources" }, ...lines));
  });
  const knob = h("button", { type: "button", class: "knob", click: open }, body.title);
  shell.stage.append(knob);
  shell.mount();
  alone(tellShown(() => knob.isConnected, piece, stage));
  return {
    cover: (covered) => knob.toggleAttribute("hidden", covered),
    remove: () => {
      sheet?.remove();
      shell.remove();
    },
  };
}
