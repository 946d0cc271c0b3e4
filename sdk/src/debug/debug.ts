/** Looking into Milepost on the page itself. Loaded for members of the team alone, and for `milepost.diagnose()`. */
import { guard } from "../core/guard";
import type { Host } from "../types";
import { listen } from "./journal";
import { Panel } from "./panel";
import type { Explained } from "./types";

export { diagnose } from "./diagnose";

const KEPT = "milepost.debug";
const TOOL = "milepost.tool";

/** Only what the server has made opens it: a link of the console, or the session that came of one. */
export const open = guard(async (host: Host, link?: string): Promise<void> => {
  try {
    const token = link ? await begin(host, link) : sessionStorage.getItem(KEPT);
    if (!token) return close(host);
    const explain = () => post<Explained>(host, "debug", identity(host), token);
    const first = await explain();
    sessionStorage.setItem(KEPT, token);
    sessionStorage.setItem(TOOL, "debug");
    const panel = new Panel(host, first, explain, () => close(host));
    listen(host, () => panel.draw());
    panel.show();
  } catch (error) {
    close(host);
    throw error;
  }
});

/** The panel is gone from this tab, and test mode with it. */
function close(host: Host): void {
  sessionStorage.removeItem(KEPT);
  sessionStorage.removeItem(TOOL);
  if (host.read("test")) host.write("test", "");
}

async function begin(host: Host, link: string): Promise<string> {
  return (await post<{ token: string }>(host, "open", { token: link, writeKey: host.key })).token;
}

function identity(host: Host) {
  const { anonymousId, userId } = host.identity();
  return { anonymousId, userId };
}

async function post<T>({ base }: Host, what: string, body: object, token?: string): Promise<T> {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const init: RequestInit = { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" };
  const answer = await fetch(`${base}/editing/${what}`, { ...init, cache: "no-store", referrerPolicy: "no-referrer" });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${said.code}: ${said.message} ${said.mend}`);
  return said;
}
