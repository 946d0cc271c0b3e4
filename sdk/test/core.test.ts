import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Core } from "../src/core/core";
import { Office } from "../src/live/office";
import type { Host, Live } from "../src/types";
import { json, Server } from "./server";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CONFIG = {
  base: "https://m.example",
  key: "mpw_1",
  user: null,
  signature: null,
  needsConsent: false,
  help: true,
};
let server: Server;
const made: Core[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new Server();
});

afterEach(() => {
  for (const core of made.splice(0)) core.shutdown();
  vi.useRealTimers();
});

function start(changes: Partial<typeof CONFIG> | object = {}): Core {
  const core = new Core({ ...CONFIG, ...changes });
  core.load = () => Promise.resolve({ live: connected } as never);
  made.push(core);
  core.boot();
  return core;
}

/** The connected part, but for what it shows. */
function connected(host: Host): Live {
  const office = new Office(host);
  return { leave() {}, changed: () => office.renew(), carry: (entry) => office.carry(entry), help() {}, stop() {} };
}

const settle = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);

describe("facts", () => {
  test.each([
    [{ Now: { timeZoneId: () => "Europe/Warsaw" } }, "Europe/Warsaw"],
    [undefined, Intl.DateTimeFormat().resolvedOptions().timeZone],
    [{ something: "of the page" }, Intl.DateTimeFormat().resolvedOptions().timeZone],
  ])("say the zone, by Temporal where there is one: %j", async (temporal, zone) => {
    vi.stubGlobal("Temporal", temporal);
    start();
    await settle();
    expect(server.messages[0].context.timezone).toBe(zone);
  });

  test("are sent in order, with who, when and where", async () => {
    const core = start();
    core.track("Food Searched", { query: "apple" });
    core.group("acme", { plan: "pro" });
    core.alias("maria", "old");
    await settle();
    expect(server.messages.map(({ type }) => type)).toEqual(["page", "track", "group", "alias"]);
    const [page, track, group, alias] = server.messages;
    expect(page.properties).toMatchObject({ path: location.pathname, title: document.title });
    expect(track).toMatchObject({ event: "Food Searched", properties: { query: "apple" }, userId: null });
    expect(track.anonymousId).toMatch(UUID);
    expect(track.messageId).toMatch(UUID);
    expect(Date.parse(track.originalTimestamp)).toBe(Date.now() - 10);
    expect(track.context).toMatchObject({ library: { name: "milepost.js" }, locale: navigator.language });
    expect(track.context.timezone).toBeTruthy();
    expect(track.context.consent).toBeUndefined();
    expect(group).toMatchObject({ groupId: "acme", traits: { plan: "pro" } });
    expect(alias).toMatchObject({ userId: "maria", previousId: "old" });
    const [{ body }] = server.to("/v1/batch") as [(typeof server.sent)[0]];
    expect(body).toMatchObject({ writeKey: "mpw_1", sentAt: expect.any(String) });
  });

  test("wait while the server is away, and come with the same ids", async () => {
    server.answers["/v1/batch"] = [new TypeError("offline"), json({}, 503), json({}, 429, { "Retry-After": "2" })];
    const core = start();
    core.track("A");
    await settle(60_000);
    const tries = server.to("/v1/batch").map(({ body }) => body.batch.map(({ messageId }: never) => messageId));
    expect(tries.length).toBe(4);
    expect(new Set(tries.map(String)).size).toBe(1);
    expect(localStorage.getItem("milepost.outbox")).toBe("[]");
  });

  test("survive the page", async () => {
    server.answers["/v1/batch"] = Array.from({ length: 99 }, () => new TypeError("offline"));
    start().track("A");
    await settle();
    made.splice(0)[0]?.shutdown();
    server.answers = {};
    start();
    await settle();
    expect(server.messages.map(({ event }) => event)).toContain("A");
  });

  test("are not sent again once they were refused for good", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    server.answers["/v1/batch"] = [json({ code: "invalid_key", message: "no" }, 401)];
    start().track("A");
    await settle(120_000);
    expect(server.to("/v1/batch").length).toBe(1);
  });

  test("are bounded: the oldest give way, and one that is too large is not kept", async () => {
    server.answers["/v1/batch"] = Array.from({ length: 999 }, () => new TypeError("offline"));
    const core = start();
    for (let n = 0; n < 600; n++) core.track(`E${n}`);
    core.track("Large", { text: "x".repeat(33_000) });
    const kept = JSON.parse(localStorage.getItem("milepost.outbox") ?? "[]");
    expect(kept.length).toBe(500);
    expect(kept.at(-1).body.event).toBe("E599");
  });

  test("go in batches of at most fifty", async () => {
    const core = start();
    for (let n = 0; n < 120; n++) core.track(`E${n}`);
    await settle();
    expect(server.to("/v1/batch").map(({ body }) => body.batch.length)).toEqual([50, 50, 21]);
  });

  test("that are still here when the page goes are sent along", async () => {
    const core = start();
    core.track("Last");
    dispatchEvent(new Event("pagehide"));
    expect(server.messages.map(({ event }) => event)).toContain("Last");
  });

  test("need no storage", async () => {
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    vi.stubGlobal("localStorage", { getItem: denied, setItem: denied, removeItem: denied });
    const core = start();
    core.track("A");
    core.track("B");
    await settle();
    expect(server.messages.map(({ event }) => event)).toEqual([undefined, "A", "B"]);
    expect(new Set(server.messages.map(({ anonymousId }) => anonymousId)).size).toBe(1);
  });

  test("go on where storage is full", async () => {
    vi.stubGlobal("localStorage", {
      getItem: () => null,
      removeItem() {},
      setItem() {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    start().track("A");
    await settle();
    expect(server.messages.map(({ type }) => type)).toEqual(["page", "track"]);
  });
});

describe("who is here", () => {
  test("a device keeps its id when somebody signs in", async () => {
    const core = start();
    core.track("Before");
    core.identify("maria", { plan: "free" });
    core.track("After");
    await settle();
    const [, before, identify, after] = server.messages;
    expect(identify).toMatchObject({ type: "identify", userId: "maria", traits: { plan: "free" } });
    expect([before.userId, after.userId]).toEqual([null, "maria"]);
    expect(after.anonymousId).toBe(before.anonymousId);
  });

  test("somebody else on the same device is a new device", async () => {
    const core = start();
    core.identify("maria");
    core.identify("ann");
    await settle();
    const [, maria, ann] = server.messages;
    expect([maria.userId, ann.userId]).toEqual(["maria", "ann"]);
    expect(ann.anonymousId).not.toBe(maria.anonymousId);
  });

  test("after reset whoever comes is a new device", async () => {
    const core = start();
    core.identify("maria");
    core.reset();
    core.track("A");
    await settle();
    const [, maria, after] = server.messages;
    expect(after.userId).toBeNull();
    expect(after.anonymousId).not.toBe(maria.anonymousId);
  });

  test("the tag's user is told once, not with every page", async () => {
    start({ user: "maria", signature: "s" });
    await settle();
    made.splice(0)[0]?.shutdown();
    start({ user: "maria", signature: "s" });
    await settle();
    expect(server.messages.map(({ type }) => type)).toEqual(["identify", "page", "page"]);
    expect(server.messages.every(({ userId }) => userId === "maria")).toBe(true);
  });

  test("traits alone change nobody's identity", async () => {
    const core = start();
    core.identify({ color: "green" });
    await settle();
    expect(server.messages[1]).toMatchObject({ type: "identify", userId: null, traits: { color: "green" } });
  });

  test("what vouches for somebody goes with each batch, and is never written down", async () => {
    const core = start({ user: "maria", signature: "a.b.c" });
    core.track("A");
    await settle();
    expect(server.to("/v1/batch").at(-1)?.body.signature).toBe("a.b.c");
    expect(JSON.stringify(localStorage)).not.toContain("a.b.c");
  });

  test("facts wait for a better token, and the page is asked for one", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const expired = json({ code: "token_expired", message: "This token has expired." }, 401);
    server.answers["/v1/batch"] = [expired];
    const core = start({ user: "maria" });
    const heard = vi.fn();
    core.on("token_expired", heard);
    core.identify("maria", {}, { token: "old.old.old" });
    await settle();
    expect(heard).toHaveBeenCalledWith(expect.objectContaining({ code: "token_expired" }));
    const refused = server.to("/v1/batch").length;
    core.identify("maria", {}, { token: "new.new.new" });
    await settle();
    const [again] = server.to("/v1/batch").slice(refused);
    expect(again?.body.signature).toBe("new.new.new");
    expect(again?.body.batch.length).toBe(4);
    expect(core.waiting()).toEqual([]);
  });

  test("whoever leaves is vouched for in what is sent last", async () => {
    const core = start({ user: "maria", signature: "sig" });
    await settle();
    core.track("A");
    core.reset();
    const last = server.to("/v1/batch").at(-1)?.body;
    expect([last.signature, last.batch.map(({ event }: { event: string }) => event)]).toEqual(["sig", ["A"]]);
  });

  test("a signature vouches for its own user only, and is never written down", async () => {
    const core = start({ user: "maria", signature: "sig-of-maria" });
    expect(core.identity()).toMatchObject({ userId: "maria", signature: "sig-of-maria" });
    core.identify("ann");
    expect(core.identity()).toMatchObject({ userId: "ann", signature: null });
    core.identify("ann", {}, { signature: "sig-of-ann" });
    expect(core.identity().signature).toBe("sig-of-ann");
    expect(JSON.stringify({ ...localStorage })).not.toContain("sig-of");
  });
});

describe("consent", () => {
  test("nothing is stored or sent before the visitor has answered", async () => {
    const core = start({ needsConsent: true, user: "maria" });
    core.track("A");
    core.identify("maria");
    await settle(60_000);
    dispatchEvent(new Event("pagehide"));
    expect(server.sent).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  test("after a yes it is sent, and travels with each fact", async () => {
    const core = start({ needsConsent: true });
    core.track("Before");
    core.consent({ functional: true, marketing: false });
    core.track("After");
    await settle();
    expect(server.messages.map(({ event }) => event)).toEqual([undefined, "Before", "After"]);
    for (const { context } of server.messages) {
      expect(context.consent).toEqual({ categoryPreferences: { functional: true, marketing: false } });
    }
  });

  test("a yes is remembered by the next page", async () => {
    start({ needsConsent: true }).consent(true);
    made.splice(0)[0]?.shutdown();
    start({ needsConsent: true }).track("A");
    await settle();
    const last = server.messages.at(-1);
    expect([last.event, last.context.consent]).toEqual(["A", { categoryPreferences: { functional: true } }]);
  });

  test("after a no nothing is sent, and what was stored is gone", async () => {
    server.answers["/v1/batch"] = [new TypeError("offline")];
    const core = start();
    core.track("A");
    localStorage.setItem("host", "kept");
    core.consent(false);
    core.track("B");
    await settle(60_000);
    expect({ ...localStorage }).toEqual({ host: "kept" });
    expect(server.to("/v1/batch").length).toBeLessThanOrEqual(1);
  });
});

describe("reports", () => {
  test("carry the session's token and keep their place among the facts", async () => {
    const core = start();
    core.track("Before");
    core.report("step", "add-food", { piece: 3, step: 1 });
    core.track("After");
    await settle();
    expect(server.sent.map(({ path }) => path)).toEqual(["/v1/batch", "/client/open", "/client/progress", "/v1/batch"]);
    const [report] = server.to("/client/progress");
    expect(report?.headers.Authorization).toBe("Bearer tok");
    expect(report?.body).toMatchObject({ action: "step", content: "add-food", piece: 3, step: 1 });
    expect(report?.body.messageId).toMatch(UUID);
  });

  test("open a new session when the old one is over", async () => {
    server.answers["/client/progress"] = [json({ code: "expired_token" }, 401)];
    start().start("add-food");
    await settle(5_000);
    expect(server.to("/client/open").length).toBe(2);
    expect(server.to("/client/progress").map(({ body }) => body.messageId).length).toBe(2);
  });

  test("of an identity that was refused hold nothing up", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    server.answers["/client/open"] = [json({ code: "bad_signature", message: "m", mend: "x" }, 401)];
    const core = start({ user: "maria", signature: "wrong" });
    core.start("add-food");
    core.track("After");
    await settle(5_000);
    expect(server.messages.map(({ event }) => event)).toContain("After");
    expect(server.to("/client/open").length).toBe(1);
    expect(console.warn).toHaveBeenCalledOnce();
  });
});

describe("a listener", () => {
  test("hears what happens, until it is taken off", () => {
    const core = start();
    const heard = vi.fn();
    core.on("shown", heard);
    core.report("shown", "add-food", { piece: 3, step: 0 });
    core.off("shown", heard);
    core.report("shown", "add-food", { piece: 4, step: 0 });
    expect(heard.mock.calls).toEqual([[{ content: "add-food", piece: 3, step: 0 }]]);
  });

  test("that fails disturbs nobody", () => {
    vi.spyOn(console, "debug").mockImplementation(() => {});
    const core = start();
    const heard = vi.fn();
    core.on("track", () => {
      throw new Error("the host's own");
    });
    core.on("track", heard);
    core.track("A");
    expect(heard).toHaveBeenCalledOnce();
  });
});

test("after shutdown nothing is done any more", async () => {
  const core = start();
  await settle();
  const before = server.sent.length;
  core.shutdown();
  core.track("A");
  dispatchEvent(new Event("pagehide"));
  await settle(60_000);
  expect(server.sent.length).toBe(before);
});

test("a browser that cannot show anything is told of once a device, and facts are sent all the same", async () => {
  vi.stubGlobal("TextDecoderStream", undefined);
  // @ts-expect-error an older browser
  delete window.TextDecoderStream;
  const load = vi.fn();
  for (let page = 0; page < 2; page++) {
    const core = new Core(CONFIG);
    core.load = load;
    made.push(core);
    core.boot();
    await settle();
  }
  expect(load).not.toHaveBeenCalled();
  expect(server.messages.map(({ event }) => event).filter(Boolean)).toEqual(["Browser Unsupported"]);
});

describe("consent that is withdrawn", () => {
  test("is told once, and what still waited is not sent", async () => {
    const core = start({ user: "maria" });
    await settle();
    core.track("Unsent");
    core.consent(false);
    core.consent(false);
    await settle(120_000);
    expect(server.messages.map(({ event }) => event).filter(Boolean)).toEqual(["Consent Withdrawn"]);
    expect(server.messages.at(-1)?.context.consent).toEqual({ categoryPreferences: { functional: false } });
    expect(localStorage.getItem("milepost.user")).toBeNull();
  });

  test("that was never given tells nobody", async () => {
    start({ needsConsent: true }).consent(false);
    await settle(120_000);
    expect([server.sent, Object.keys(localStorage)]).toEqual([[], []]);
  });
});

describe("tools of the team", () => {
  afterEach(() => {
    sessionStorage.clear();
    location.hash = "";
  });

  /** What was loaded, and with which token it was opened. */
  function opened(consent = {}): [string, string | undefined][] {
    const seen: [string, string | undefined][] = [];
    const core = new Core({ ...CONFIG, ...consent });
    made.push(core);
    core.load = (name) =>
      Promise.resolve({ live: connected, open: (_: Host, token?: string) => seen.push([name, token]) } as never);
    core.boot();
    return seen;
  }

  test("are opened by the fragment, which leaves the address before anything is sent", async () => {
    location.hash = "#/projects&milepost=edit.tok-en_1";
    const seen = opened();
    expect(location.hash).toBe("#/projects");
    await settle();
    expect(seen).toEqual([["edit", "tok-en_1"]]);
    expect(JSON.stringify(server.sent)).not.toContain("tok-en_1");
  });

  test("come back with each page of the tab while they are at work, before any consent", async () => {
    sessionStorage.setItem("milepost.tool", "debug");
    const seen = opened({ needsConsent: true });
    await settle();
    expect(seen).toEqual([["debug", undefined]]);
  });

  test("are these two, whatever the address asks for", async () => {
    location.hash = "#milepost=panel.x";
    const seen = opened();
    await settle();
    expect(seen).toEqual([]);
  });
});
