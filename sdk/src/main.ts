/** The script that a page loads. It leaves one name behind, `milepost`, and nothing else. */
import { config } from "./core/config";
import { Core } from "./core/core";
import { guard } from "./core/guard";
import type { Chunk } from "./types";

/** The folder of the parts. */
declare const CHUNKS: string;
/** Kinds that another's part draws. */
const ALIKE: Partial<Record<Chunk, string>> = {
  announcement: "article",
  modal: "article",
  briefing: "article",
  deck: "pages",
  course: "pages",
};

const METHODS = [
  "identify",
  "track",
  "page",
  "group",
  "alias",
  "start",
  "help",
  "reset",
  "consent",
  "diagnose",
  "on",
  "off",
  "shutdown",
] as const;

type Name = (typeof METHODS)[number];
type Call = [name: Name, ...args: unknown[]];
type Api = Record<Name, (...args: never[]) => unknown> & { push(call: Call): void };

declare global {
  interface Window {
    milepost?: Call[] | Api;
  }
}

/** Calls may have been pushed before the script was there: `(window.milepost ||= []).push(["track", "Signed Up"])`. */
function boot(script: HTMLScriptElement): void {
  const before = window.milepost;
  if (before && !Array.isArray(before)) return; // the snippet stands twice on the page
  const settings = config(script);
  const core = settings.key ? new Core(settings) : null;
  if (core) core.load = (chunk) => import(`${core.base}/sdk/${CHUNKS}${ALIKE[chunk] ?? chunk}.js`);
  window.milepost = api(core);
  if (!core) console.warn("milepost: the script tag has no data-key.");
  core?.boot();
  for (const call of before ?? []) window.milepost.push(call);
}

/** The public names. Without a core they are there all the same, and do nothing. */
function api(core: Core | null): Api {
  const call = (name: Name, args: unknown[]) => (core?.[name] as (...given: unknown[]) => unknown)?.apply(core, args);
  const names = METHODS.map((name) => [name, guard((...args: unknown[]) => call(name, args))]);
  const made = Object.fromEntries(names) as Api;
  made.push = guard(([name, ...args]: Call) => made[name](...(args as never[])));
  return Object.freeze(made);
}

guard(boot)(document.currentScript as HTMLScriptElement);
