/** What the address of a page carries for us: taken out of it, and acted upon once. */
import type { Host } from "../types";
import type { Office } from "./office";

const INVITE = "invite";
const LONGEST_CODE = 100;

/** The link of a message led here: spends its token, which begins the guide that it promised. */
export async function spendLink(office: Office): Promise<void> {
  const token = taken("mp_t");
  if (token) await office.post("/client/link", { token });
}

/** A friend's link led here: kept until somebody says who they are, and told once. */
export function welcome(host: Host): void {
  const code = taken("milepost_invite");
  if (code) host.write(INVITE, code.slice(0, LONGEST_CODE));
  const kept = host.read(INVITE);
  if (!kept || !host.identity().userId) return;
  host.write(INVITE, "");
  host.track("Invited", { code: kept });
}

function taken(name: string): string | null {
  const address = new URL(location.href);
  const value = address.searchParams.get(name);
  if (value === null) return null;
  address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  return value;
}
