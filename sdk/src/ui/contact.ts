/** The contact card: the last line of every piece. */
import type { Body } from "../types";
import { h, link } from "./html";
import { words } from "./words";

/** What stands at the foot of every piece. */
export type Foot = Pick<Body, "labels" | "contact">;

export function contactLine(body: Foot): Node | null {
  const { contact } = body;
  if (!contact) return null;
  const address = contact.telegram_url || `mailto:${contact.email}`;
  const name = link(address, {}, contact.name);
  const initial = h("span", { class: "face", "aria-hidden": "true" }, contact.name.trim().charAt(0));
  return h(
    "p",
    { class: "contact" },
    initial,
    h("span", {}, `${words(body).help} `, name, contact.hours && ` · ${contact.hours}`),
  );
}
