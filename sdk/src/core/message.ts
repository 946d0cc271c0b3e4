/** Segment's messages, as a browser writes them. */
import type { Identity, Properties } from "../types";

export type Message = { type: string; messageId: string } & Properties;

export function message(
  type: string,
  fields: Properties,
  who: Identity,
  consent: Properties | null,
  context: Properties,
): Message {
  return {
    type,
    messageId: newId(),
    anonymousId: who.anonymousId,
    userId: who.userId,
    originalTimestamp: new Date().toISOString(),
    context: { ...context, ...(consent && { consent: { categoryPreferences: consent } }) },
    ...fields,
  };
}

/** UUID version 4, also where the page is not a secure context. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 15) | 64;
  bytes[8] = ((bytes[8] as number) & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export function page(): Properties {
  const { href, pathname, search } = location;
  return { url: href, path: pathname, search, referrer: document.referrer, title: document.title };
}

/** By `Temporal` where there is one: `Intl` costs the start of a page more than all the rest of this script. */
export function zone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now?: { timeZoneId?(): string } } };
  return Temporal?.Now?.timeZoneId?.() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Where it happened. */
export function context(): Properties {
  return {
    library: { name: "milepost.js", version: VERSION },
    locale: navigator.language,
    timezone: zone(),
    userAgent: navigator.userAgent,
    page: page(),
    ...campaign(),
  };
}

/** What the links of a campaign say of themselves: `utm_source` and the like. */
function campaign(): Properties {
  const found: Properties = {};
  new URLSearchParams(location.search).forEach((value, name) => {
    if (name.startsWith("utm_")) found[name === "utm_campaign" ? "name" : name.slice(4)] = value;
  });
  return Object.keys(found).length ? { campaign: found } : {};
}

declare const VERSION: string;
