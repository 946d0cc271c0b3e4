/** A server in place of Milepost's: it keeps what it was sent and answers as the test says. */
import { vi } from "vitest";

export interface Sent {
  path: string;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  body: any;
}

export class Server {
  sent: Sent[] = [];
  /** The next answers of a path, first to last; afterwards everything is well. */
  answers: Record<string, (Response | Error)[]> = {};

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.answer(url, init));
    navigator.sendBeacon = ((url: string, body: string) => {
      this.keep(url, {}, body);
      return true;
    }) as typeof navigator.sendBeacon;
  }

  private keep(url: string, headers: HeadersInit, body: unknown): string {
    const path = new URL(url).pathname;
    this.sent.push({
      path,
      headers: headers as Record<string, string>,
      body: body ? JSON.parse(body as string) : null,
    });
    return path;
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    const path = this.keep(url, init.headers ?? {}, init.body);
    const next = this.answers[path]?.shift();
    if (next instanceof Error) throw next;
    return next ?? json(path === "/client/open" ? { token: "tok", signed: true } : { success: true });
  }

  /** Every message that was sent, in order, once each. */
  get messages() {
    const all = this.sent.filter(({ path }) => path === "/v1/batch").flatMap(({ body }) => body.batch);
    return [...new Map(all.map((message) => [message.messageId, message])).values()];
  }

  to(path: string): Sent[] {
    return this.sent.filter((each) => each.path === path);
  }
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
