/** Where words stand in the text of a page: the first mention of each that can be seen, the longest word first. */
import type { Body } from "../types";
import { all, drawn } from "./html";

/** What is no running text: controls, links, code, what is written in, and what its page keeps for itself. */
const CLOSED =
  "a, button, input, textarea, select, option, summary, code, pre, kbd, samp, script, style, noscript, template, svg, iframe, " +
  "[contenteditable]:not([contenteditable=false]), [role=button], [role=link], [role=tab], [role^=menuitem], [role=textbox], " +
  "[role=option], [aria-hidden=true], [data-milepost-terms=off]";
const SLICE_MS = 8;
/** Words of these scripts are not parted by spaces. */
const UNPARTED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const OF_A_WORD = /[\p{L}\p{M}\p{N}_]/u;

/** Made once, and only for a page that needs it: making one takes longer than asking it. */
let segmenter: Intl.Segmenter | undefined;

type Term = Pick<Body, "title" | "on" | "words" | "lang">;

/** For each term its first mention; nothing where it is not on the page. */
export async function mentions(terms: readonly Term[]): Promise<(Range | undefined)[]> {
  const found: (Range | undefined)[] = terms.map(() => undefined);
  const { pattern, meant } = lexicon(terms);
  let since = performance.now();
  for (const text of texts(document.body)) {
    if (performance.now() - since > SLICE_MS) {
      await new Promise((go) => setTimeout(go));
      since = performance.now();
    }
    if (!text.isConnected) continue;
    for (const match of located(text.data, pattern)) {
      for (const term of meant(match[0], language(text))) {
        const range = found[term] ? undefined : ranged(text, match);
        if (range && allowed(terms[term] as Term, text) && seen(range, text)) found[term] = range;
      }
    }
    if (found.every(Boolean)) break;
  }
  return found.map((range, n) => range ?? whole(terms[n] as Term));
}

/** One pattern of all words, the longest first, and which terms a match is a mention of in a language. */
export function lexicon(terms: readonly Term[]): { pattern: RegExp; meant(match: string, lang: string): number[] } {
  const known = terms.flatMap(({ title, words, lang }, term) =>
    Object.entries(words ?? { [lang]: [title] }).flatMap(([of, forms]) =>
      forms
        .filter(Boolean)
        .map((form) => ({ form, exact: new RegExp(`^${source(form)}$`, "iu"), of, own: lang, term })),
    ),
  );
  known.sort((a, b) => b.form.length - a.form.length);
  const pattern = new RegExp(known.map(({ form }) => source(form)).join("|") || "(?!)", "giu");
  return {
    pattern,
    meant: (match, lang) =>
      known
        .filter(({ exact, of, own }) => exact.test(match) && (base(of) === lang || base(of) === base(own) || !lang))
        .map(({ term }) => term),
  };
}

/** A form of a word as a pattern: `*` at its end stands for any ending, and a space for any white space. */
const source = (form: string): string =>
  form
    .trim()
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\s+/g, "\\s+")
    .replace(/\*$/, "[\\p{L}\\p{M}]*")
    .replace(/\*(?!$)/g, "\\*?");

const base = (lang: string): string => lang.split("-")[0]?.toLowerCase() ?? "";
const language = (text: Text): string => base(text.parentElement?.closest("[lang]")?.getAttribute("lang") ?? "");

/** The text nodes that people read, in their order. */
function* texts(root: Node): Generator<Text> {
  const accept = (node: Node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return (node as Element).matches(CLOSED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accept);
  while (walker.nextNode()) yield walker.currentNode as Text;
}

/** The matches that are whole words. */
export function located(text: string, pattern: RegExp): RegExpExecArray[] {
  const whole = ({ 0: match, index }: RegExpExecArray) => parted(text, index) && parted(text, index + match.length);
  return [...text.matchAll(pattern)].filter(whole);
}

/** Whether one word may end and the next begin at this place. */
function parted(text: string, at: number): boolean {
  const [before, after] = [text.slice(0, at).match(/.$/su)?.[0], text.slice(at).match(/^./su)?.[0]];
  if (!before || !after || !OF_A_WORD.test(before) || !OF_A_WORD.test(after)) return true;
  if (!UNPARTED.test(before) || !UNPARTED.test(after)) return UNPARTED.test(before) || UNPARTED.test(after);
  if (!Intl.Segmenter) return true;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  return segmenter.segment(text).containing(at)?.index === at;
}

function ranged(text: Text, match: RegExpExecArray): Range {
  const range = document.createRange();
  range.setStart(text, match.index);
  range.setEnd(text, match.index + match[0].length);
  return range;
}

/** A term of one place is looked for there. */
const allowed = ({ on }: Term, text: Text): boolean =>
  !on?.length || on.flatMap(all).some((element) => element.contains(text));

/** Where its word is not in its place, the place is what is explained. */
function whole({ on }: Term): Range | undefined {
  const element = on?.flatMap(all).find(drawn);
  if (!element?.textContent?.trim()) return undefined;
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}

function seen(range: Range, { parentElement }: Text): boolean {
  const { width, height } = range.getBoundingClientRect();
  return width > 0 && height > 0 && !!parentElement && drawn(parentElement);
}

/** Whether something lies over it, or it is scrolled out of what holds it. */
export function covered(range: Range, { left, top, width, height }: DOMRect, ours: Element): boolean {
  const at = document.elementsFromPoint(left + width / 2, top + height / 2).find((each) => each !== ours);
  const { parentElement } = range.startContainer;
  const holder = range.startContainer instanceof Element ? range.startContainer : parentElement;
  return !at || !holder || !(holder.contains(at) || at.contains(holder));
}
