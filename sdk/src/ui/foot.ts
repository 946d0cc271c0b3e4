/** The last lines of a piece that can be put off: ways to leave it, and whom to ask. */
import { contactLine, type Foot } from "./contact";
import { h } from "./html";
import { words } from "./words";

export function foot(body: Foot, later?: () => void, never?: () => void): HTMLElement {
  const said = words(body);
  return h(
    "div",
    { class: "more" },
    later && h("button", { click: later }, said.later),
    never && h("button", { click: never }, said.never),
    contactLine(body),
  );
}
