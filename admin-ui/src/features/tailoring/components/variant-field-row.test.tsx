import { screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { chooseLanguage } from "@/lib/i18n";
import { renderPart } from "@/testing/render";
import { answer, signIn } from "@/testing/server";

import { ChannelTab } from "./channel-tab";

const SOURCE = { kind: "STORY", id: "s1" } as const;
const OPTIONS = [
  { value: "所有人", label: { zh: "所有人", en: "Everyone" } },
  { value: "好友", label: { zh: "好友", en: "Friends" } },
];
const FIELD = {
  name: "audience",
  kind: "CHOICE",
  required: true,
  editable: true,
  options: OPTIONS,
  lanes: [],
  label: { zh: "谁可以看", en: "Who may see it" },
  limit: null,
};
const CHANNEL = { id: "tea", inspects: false, name: { zh: "茶网", en: "Tea" }, lanes: [], fields: [FIELD], pictures: [] };

function variantWith(value: string) {
  const field = { name: "audience", value, derived: "所有人", isOverridden: value !== "所有人", sourceChanged: false };
  return { channel: "tea", version: 0, contentHash: "h", fields: [field], pictures: [], findings: [], inspection: null };
}

function answerWith(value: string) {
  answer("Channels", { channels: [CHANNEL] });
  answer("Variant", { variant: variantWith(value) });
  answer("ChannelLinks", { channel: { appLinks: [] }, accounts: [], appLinks: [] });
}

afterEach(() => chooseLanguage("zh-Hans"));

test("a choice is made in the language of the page, and its value is sent", async () => {
  await chooseLanguage("en");
  answerWith("所有人");
  const calls = answer("SetOverride", { setOverride: { variant: variantWith("好友") } });
  const { user } = renderPart(<ChannelTab source={SOURCE} channel="tea" />);

  const choice = await screen.findByRole("combobox", { name: /Who may see it/ });
  expect(choice).toHaveValue("Everyone");
  await user.click(choice);
  await user.click(await screen.findByRole("option", { name: "Friends" }));
  await user.click(screen.getByRole("button", { name: "Use mine" }));

  expect(await screen.findByText("Derived value: Everyone")).toBeVisible();
  expect(choice).toHaveValue("Friends");
  expect(calls).toEqual([{ input: { source: SOURCE, channel: "tea", baseVersion: 0, field: "audience", value: "好友" } }]);
});

test("the lanes are named that send a field, unless all do", async () => {
  const lane = (id: string, zh: string) => ({ id, name: { zh, en: id }, takes: ["STORY"], showsResult: true, quotas: [], previews: [] });
  const lanes = [lane("article", "图文"), lane("draft", "草稿"), lane("search", "搜一搜"), { ...lane("film", "视频"), takes: ["VIDEO"] }];
  const fields = [
    { ...FIELD, name: "everywhere", label: { zh: "到处", en: "Everywhere" }, lanes: ["article", "draft", "search"] },
    { ...FIELD, name: "most", label: { zh: "多数", en: "Most" }, lanes: ["article", "draft"] },
    { ...FIELD, name: "one", label: { zh: "一处", en: "One" }, lanes: ["search"] },
  ];
  const values = fields.map(({ name }) => ({ name, value: "所有人", derived: "所有人", isOverridden: false, sourceChanged: false }));
  answerWith("所有人");
  answer("Channels", { channels: [{ ...CHANNEL, lanes, fields }] });
  answer("Variant", { variant: { ...variantWith("所有人"), fields: values } });
  renderPart(<ChannelTab source={SOURCE} channel="tea" />);

  expect(await screen.findByRole("region", { name: "到处" })).toHaveTextContent(/^到处自动必填/);
  expect(screen.getByRole("region", { name: "多数" })).toHaveTextContent("除「搜一搜」外 · 必填");
  expect(screen.getByRole("region", { name: "一处" })).toHaveTextContent("搜一搜 · 必填");
});

test("who only reads sees the choice in the language of the page", async () => {
  await chooseLanguage("en");
  signIn(["READ_CONTENT"]);
  answerWith("好友");
  renderPart(<ChannelTab source={SOURCE} channel="tea" />);

  expect(await screen.findByText("Friends")).toBeVisible();
  expect(screen.queryByText("好友")).toBeNull();
});
