import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";

import { Task } from "./task";

test("the addresses in a task lead there, and take no full stop along", () => {
  renderPart(<Task params={{ message: "请登录 https://mp.weixin.qq.com/ 核对后发表。预览：http://mp.weixin.qq.com/s?a=1。" }} />);

  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(["https://mp.weixin.qq.com/", "http://mp.weixin.qq.com/s?a=1"]);
});
