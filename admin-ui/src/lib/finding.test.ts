import { readFileSync, readdirSync } from "node:fs";

import { afterAll, beforeAll, expect, test } from "vitest";

import sentences from "@/locales/findings.en.json";

import { findingWords } from "./finding";
import { ApiError } from "./graphql";
import { chooseLanguage } from "./i18n";
import { said } from "./refusal";

const SERVER = "../src";
const CODE = /"([A-Z]{2,}-[A-Z]?\d{2})"/g;

/** A rule: the part of the server's sources that finds it, and their file. */
interface Rule {
  code: string;
  part: string;
  file: string;
}

/** The rules as the server's sources have them, those of advertising from their table. */
function rules(): Rule[] {
  const paths = readdirSync(SERVER, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => /^(channels|tailoring)\/.*(rules|check|inspection).*\.rs$/.test(path) && !/simulator|tests\.rs/.test(path)).map(read);
  const written = files.flatMap((file) => partsOf(file).flatMap((part) => [...part.matchAll(CODE)].map(([, code = ""]) => ({ code, part, file }))));
  const finder = read("tailoring/rules/advertising/mod.rs");
  const table = read("tailoring/rules/advertising/claims.toml");
  const claims = [...table.matchAll(/^code = "(.+)"$/gm)].map(([, code = ""]) => ({ code, part: finder, file: table }));
  return [...written, ...claims];
}

function read(path: string): string {
  return readFileSync(`${SERVER}/${path}`, "utf8").split("#[cfg(test)]")[0] ?? "";
}

/** Functions one by one, with names of codes put in. */
function partsOf(file: string): string[] {
  const names = [...file.matchAll(/^const (\w+): &str = ("[A-Z]+-\d+");/gm)];
  return file.split(/^\}$/m).map((part) => names.reduce((text, [, name = "", code = ""]) => text.replaceAll(`${name},`, code), part));
}

const SENTENCES: Record<string, Record<string, string>> = sentences;
const RULES = rules();
const CODES = [...new Set(RULES.map(({ code }) => code))];

beforeAll(() => chooseLanguage("en"));
afterAll(() => chooseLanguage("zh-Hans"));

test("every rule of the server has English sentences, and no other has", () => {
  expect(Object.keys(SENTENCES).sort()).toEqual(CODES.sort());
});

test("no sentence needs a value that the server does not give", () => {
  const lacking = CODES.flatMap((code) => {
    const parts = RULES.filter((rule) => rule.code === code).map(({ part }) => part).join();
    const needed = Object.values(SENTENCES[code] ?? {}).flatMap((text) => [...text.matchAll(/\{\{(\w+)/g)].map(([, name = ""]) => name));
    return needed.filter((name) => !new RegExp(`\\.with\\(\\s*"${name}"`).test(parts)).map((name) => `${code} lacks ${name}`);
  });

  expect(lacking).toEqual([]);
});

test("every sentence of several is one that the server chooses", () => {
  const idle = CODES.flatMap((code) => {
    const text = RULES.filter((rule) => rule.code === code).map(({ file }) => file).join();
    const cases = Object.keys(SENTENCES[code] ?? {}).map((key) => key.replace(/^(reason|cure)/, "").replace(/_(one|other)$/, "").slice(1));
    // An enum's name is written otherwise than its value.
    const isChosen = (one: string) => text.includes(`"${one}"`) || new RegExp(`::${one.replaceAll("_", "")}\\b`, "i").test(text);
    return cases.filter((one) => one !== "" && !isChosen(one)).map((one) => `${code} ${one}`);
  });

  expect(idle).toEqual([]);
});

test("each has words for what is wrong and for what mends it", () => {
  const silent = CODES.filter((code) => ["reason", "cure"].some((part) => !Object.keys(SENTENCES[code] ?? {}).some((key) => key.startsWith(part))));

  expect(silent).toEqual([]);
});

test("a finding is said in the language of the page, with what was counted", async () => {
  const wide = { code: "BD-T02", reason: "标题宽 58，手机上会在 52 处被截断。", cure: "缩短标题。", params: { case: "phone", width: 58, most: 52 } };

  expect(findingWords(wide)).toEqual({ reason: "The title is 58 columns wide; phones cut it off at 52.", cure: "Shorten the title.", lang: "en" });
  await chooseLanguage("zh-Hans");
  expect(findingWords(wide)).toEqual({ reason: wide.reason, cure: wide.cure, lang: "zh-Hans" });
  await chooseLanguage("en");
});

test("a field's name is that of the page's language, and one thing is not many", () => {
  const empty = { code: "FIELD-01", reason: "「标题」不能为空。", cure: "请填写。", params: { label: { zh: "标题", en: "Title" } } };
  const silent = (count: number) => findingWords({ code: "ALT-01", reason: "", cure: "", params: { count } }).reason;

  expect(findingWords(empty).reason).toBe("“Title” must not be empty.");
  expect([silent(1), silent(1200)]).toEqual(["One picture has no alternative text.", "1,200 pictures have no alternative text."]);
});

test("a rule that nobody translated is told in the server's words, as what they are", () => {
  const odd = { code: "BOARD-01", reason: "字太多。", cure: "删去一些。", params: {} };

  expect(findingWords(odd)).toEqual({ reason: "字太多。", cure: "删去一些。", lang: "zh-Hans" });
});

test("what is refused because of findings is said with the first of them", () => {
  const details = { findings: [{ code: "WX-C02", reason: "正文是空的。", cure: "写一段正文，或放一张图片。", params: {} }] };

  expect(said(new ApiError("FAILED_PRECONDITION", "WX-C02: 正文是空的。 写一段正文，或放一张图片。", { details }))).toBe(
    "The body is empty. Write a paragraph, or add a picture.",
  );
});
