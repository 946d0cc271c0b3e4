/** Editing on the page itself. Loaded for members of the team alone, who come by a link from their console. */
import { guard } from "../core/guard";
import type { Host } from "../types";
import { h } from "../ui/html";
import { Shell } from "../ui/shell";
import { Desk } from "./desk";
import css from "./editor.css";
import { Refusal, recalled, remember, rest, Server } from "./server";

export const open = guard(async (host: Host, link?: string): Promise<void> => {
  try {
    if (link) remember({ ...recalled(), start: false, token: await Server.begin(host, link) });
    const kept = recalled();
    if (!kept) return rest();
    const server = new Server(host.base, kept.token);
    await new Desk(host, server, await server.bench(), kept).begin();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.over) rest();
    tell(error.message);
  }
});

/** Why there is no editor; whoever reads it knows where they came from. */
function tell(message: string): void {
  const shell = new Shell({ lang: document.documentElement.lang, dir: "ltr" }, css);
  const close = () => shell.remove();
  const cross = h("button", { type: "button", class: "quiet", click: close }, "OK");
  shell.stage.append(h("section", { class: "desk bar", role: "alert" }, h("p", { class: "says" }, message), cross));
  shell.mount();
}
