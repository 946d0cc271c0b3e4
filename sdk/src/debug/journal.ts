/** What happened since the tool was loaded: facts and their answers, and what the page's policy forbade. */
import { guard } from "../core/guard";
import type { Host } from "../types";

export interface Sent {
  at: Date;
  what: string;
  answer: string;
}

export const heard = { violations: [] as { uri: string; directive: string }[], sent: [] as Sent[] };

const MOST = 30;

addEventListener(
  "securitypolicyviolation",
  guard(({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
    heard.violations.push({ uri: blockedURI, directive: effectiveDirective });
  }),
);

/** Goes with each request of the SDK from now on; `news` hears of each answer. */
export function listen(host: Host, news: () => void): void {
  const inner = host.fetch ?? ((url, init) => fetch(url, init));
  const spy: typeof fetch = async (url, init) => {
    const note = guard((answer: string) => {
      heard.sent = [...said(`${url}`.slice(host.base.length), init?.body, answer), ...heard.sent].slice(0, MOST);
      news();
    });
    try {
      const answer = await inner(url, init);
      note(`${answer.status}${answer.ok ? "" : ` ${await answer.clone().text()}`}`);
      return answer;
    } catch (error) {
      note(`${error}`);
      throw error;
    }
  };
  Object.assign(host, { fetch: spy });
}

function said(path: string, body: unknown, answer: string): Sent[] {
  const at = new Date();
  if (typeof body !== "string") return [{ at, what: path, answer }];
  const { batch, action, content } = JSON.parse(body);
  if (!batch) return [{ at, what: [path, action, content].filter(Boolean).join(" "), answer }];
  return batch
    .map(({ event, type }: { event?: string; type: string }) => ({ at, what: event ?? type, answer }))
    .reverse();
}
