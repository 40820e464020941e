import { expect, test } from "vitest";

import { roomOf } from "./picture-room";

test("a picture has its room before its bytes are there, and none is higher than the text bears", () => {
  expect(roomOf({ width: 960, height: 1280 })).toEqual({ width: "min(100%, 270px)", aspectRatio: "960 / 1280" });
  expect(roomOf({ width: 120, height: 90 })).toEqual({ width: "min(100%, 120px)", aspectRatio: "120 / 90" });
});
