/** How things stand in this browser, as plain values: for the console, for the panel, and for a report to the team. */
import type { Host, Properties } from "../types";
import { heard } from "./journal";

declare const VERSION: string;

export async function diagnose(host: Host): Promise<Properties> {
  const { userId, anonymousId, signature } = host.identity();
  const [door, leader] = await Promise.all([knock(host), leads(host)]);
  const found = {
    version: VERSION,
    server: host.base,
    ...door,
    identity: { userId, anonymousId, proof: !signature ? "none" : signature.includes(".") ? "token" : "signature" },
    storage: storage(),
    stream: STREAMS[leader],
    waiting: host.waiting().length,
    csp: heard.violations.filter((each) => each.uri.startsWith(host.base)),
    unanswered: unanswered(host.base),
    test: host.read("test") === "1",
  };
  console.info("milepost:", found);
  return found;
}

/** Whether the key and what vouches for the person open a session; and how far the clocks are apart, in seconds. */
async function knock(host: Host): Promise<Properties> {
  const { userId, anonymousId, signature } = host.identity();
  const body = JSON.stringify({ writeKey: host.key, anonymousId, ...(signature && { userId, signature }) });
  try {
    const answer = await fetch(`${host.base}/client/open`, { method: "POST", body, credentials: "omit" });
    const said = await answer.json();
    const good = { server_answers: true, key: said.code !== "invalid_key", signed: said.signed === true };
    return { ...good, clock_skew: skew(said.now), ...(answer.ok ? {} : { refused: `${said.code}: ${said.message}` }) };
  } catch (error) {
    return { server_answers: false, key: null, signed: null, clock_skew: null, refused: `${error}` };
  }
}

const skew = (now: string | undefined): number | null =>
  now ? Math.round((Date.now() - Date.parse(now)) / 1000) : null;

/** Which tab of this browser holds the stream, as the console reads it. */
export const STREAMS = {
  own_stream: "each tab has its own",
  held_stream: "held by a tab of this browser",
  no_stream: "none",
} as const;

export async function leads(host: Host): Promise<keyof typeof STREAMS> {
  if (!navigator.locks) return "own_stream";
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === `milepost.${host.key}`) ? "held_stream" : "no_stream";
}

function storage(): string {
  try {
    localStorage.setItem("milepost.probe", "1");
    localStorage.removeItem("milepost.probe");
    return "works";
  } catch (error) {
    return `this page only: ${error}`;
  }
}

/** What was asked of the server and never answered, as far as the browser tells. */
function unanswered(base: string): string[] {
  const asked = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  return asked
    .filter(({ name, responseEnd, responseStatus }) => name.startsWith(base) && (!responseEnd || responseStatus === 0))
    .map(({ name }) => name.slice(base.length).replace(/\?.*/, ""))
    .filter((path) => path !== "/client/stream");
}
