import { expect, test, vi } from "vitest";
import { lexicon, located } from "../src/ui/mentions";

const term = (title: string, words: Record<string, string[]>, lang = "en") => ({ title, words, lang, on: [] });
const GLOSSARY = [
  term("goal", { en: ["goal", "goals"], ru: ["цел*"] }),
  term("goal weight", { en: ["goal weight"], ru: ["целевой вес"] }),
  term("カロリー", { ja: ["カロリー"] }),
  term("แคลอรี", { th: ["แคลอรี"] }),
];

/** The words that are found, each with the titles of the terms that it mentions. */
function found(text: string, lang: string): [string, ...string[]][] {
  const { pattern, meant } = lexicon(GLOSSARY);
  return located(text, pattern).map(([word]) => [word, ...meant(word, lang).map((n) => GLOSSARY[n]?.title as string)]);
}

test("a word is found whole, whatever its case, and the longest wins", () => {
  expect(found("Goalkeepers have Goals, and a goal\nweight.", "en")).toEqual([
    ["Goals", "goal"],
    ["goal\nweight", "goal weight"],
  ]);
});

test("letters of other scripts are letters too, and a star stands for any ending", () => {
  expect(found("Подцель? Нет: целями, и целевой вес.", "ru")).toEqual([
    ["целями", "goal"],
    ["целевой вес", "goal weight"],
  ]);
});

test("where nothing parts the words, the words are parted as readers part them", () => {
  expect(found("今日のカロリー計算", "ja")).toEqual([["カロリー", "カロリー"]]);
  expect(found("นับแคลอรีทุกวัน", "th")).toEqual([["แคลอรี", "แคลอรี"]]);
});

test("what parts words is made once, however many there are", async () => {
  vi.resetModules();
  const made = vi.spyOn(Intl, "Segmenter");
  const fresh = await import("../src/ui/mentions");
  const { pattern } = fresh.lexicon(GLOSSARY);
  expect(fresh.located("no word of such a script", pattern)).toEqual([]);
  expect(made).not.toHaveBeenCalled();
  for (const text of ["今日のカロリー計算", "カロリー表示とカロリー計算", "นับแคลอรีทุกวัน"])
    expect(fresh.located(text, pattern)).not.toEqual([]);
  expect(made).toHaveBeenCalledOnce();
});

test("a word counts in the language of the page and in the reader's own", () => {
  expect(found("цель", "ru")).toEqual([["цель", "goal"]]);
  expect(found("цель", "bg")).toEqual([["цель"]]);
  expect(found("goal", "bg")).toEqual([["goal", "goal"]]);
});
