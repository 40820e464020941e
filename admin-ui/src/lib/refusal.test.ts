import { readFileSync, readdirSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import en from "@/locales/en.json";

import { ApiError } from "./graphql";
import { chooseLanguage, startI18n } from "./i18n";
import { CAUSES, REFUSALS, cause, refusal, said } from "./refusal";

const SERVER = "../src";

/** Everything that the server's sources hold, a text that is broken over lines put together again. */
function sources(): string {
  const files = readdirSync(SERVER, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".rs"));
  return files.map((path) => readFileSync(`${SERVER}/${path}`, "utf8")).join("\n").replace(/\\\n\s*/g, "");
}

beforeAll(startI18n);

test("every text that is translated is one that the server says", () => {
  const code = sources();
  const texts = Object.values(REFUSALS).map((entry) => (typeof entry === "string" ? entry : entry[0]));

  expect(texts.filter((text) => !code.includes(`"${text}"`))).toEqual([]);
  expect(Object.values(CAUSES).filter((text) => !code.includes(`"${text}`))).toEqual([]);
});

test("each of them has words of ours", () => {
  expect(Object.keys(en.refusal).filter((key) => key !== "code").sort()).toEqual(Object.keys(REFUSALS).sort());
  expect(Object.keys(en.cause).sort()).toEqual(Object.keys(CAUSES).sort());
});

test("what the server refuses is said in the language of the page", async () => {
  const long = new ApiError("INVALID_INPUT", "has 230 characters; at most 200 are taken", { field: "input.title" });

  expect(said(long)).toBe("写了 230 字，最多 200 字。");
  await chooseLanguage("en");
  expect(said(long)).toBe("230 characters are too many; at most 200 are taken.");
  await chooseLanguage("zh-Hans");
});

test("words of the server's own are shown as people know them", () => {
  expect(said(new ApiError("FAILED_PRECONDITION", "a delivery that is needs_review cannot be cancelled"))).toBe("它现在是「请核查」，不能这样做。");
  expect(said(new ApiError("FORBIDDEN", "this needs the permission manage_users"))).toBe("这要有「管理成员」的权限。");
  expect(said(new ApiError("TOO_LARGE", "the file has 31000000 bytes; at most 20000000 are taken"))).toBe("文件有 31.0 MB，最多 20.0 MB。");
});

test("where the code says enough it is enough, and else the server's own words remain, as what they are", () => {
  expect(said(new ApiError("CONFLICT", "somebody else saved version 3 in between; load it again"))).toBe("别人刚刚也改了，请重新载入再试。");
  expect(said(new ApiError("HTTP_502", ""))).toBe("现在做不到，请稍后再试。");
  expect(refusal(new ApiError("INVALID_INPUT", "must be a leap year"))).toEqual({ text: "must be a leap year", lang: "en" });
});

test("what a platform said in Chinese is passed on in its own words", () => {
  expect(refusal(new ApiError("UNAVAILABLE", "系统繁忙，请稍候再试"))).toEqual({ text: "系统繁忙，请稍候再试", lang: "zh-Hans" });
});

test("why a delivery came to nothing is said without what only the evidence needs", () => {
  expect(cause("the connection broke before the platform answered: connection closed")).toEqual({ text: "平台回答之前连接断了" });
  expect(cause("抖音的回复无法识别（HTTP 503，不是 JSON）")).toEqual({ text: "抖音的回复无法识别（HTTP 503，不是 JSON）", lang: "zh-Hans" });
});
