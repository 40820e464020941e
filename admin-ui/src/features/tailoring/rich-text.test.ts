import { expect, test } from "vitest";

import { plainOf, readRichText } from "./rich-text";

test("a text is read as its words, with the looks that are known", () => {
  const [section] = readRichText('<section style="font-size:16px;position:fixed"><p>先<b>洗净</b>&lt;鲈鱼&gt;</p><img src="body/0" alt="茶"></section>');

  expect(section).toEqual({
    tag: "section",
    style: { fontSize: "16px" },
    children: [
      { tag: "p", style: {}, children: ["先", { tag: "strong", style: {}, children: ["洗净"] }, "<鲈鱼>"] },
      { tag: "img", style: {}, children: [], src: "body/0", alt: "茶" },
    ],
  });
});

test("nothing that runs, loads or leads away is left", () => {
  const nodes = readRichText(
    '<p style="background:url(//evil);color:red" onclick="x()">a<script>b</script><iframe src="//c"></iframe><a href="javascript:x()">d</a></p><form><p>e</p></form>',
  );

  expect(nodes).toEqual([
    { tag: "p", style: { color: "red" }, children: ["a", { tag: "span", style: {}, children: ["d"] }] },
    { tag: "p", style: {}, children: ["e"] },
  ]);
  expect(plainOf(nodes)).toBe("ad\ne\n");
});
