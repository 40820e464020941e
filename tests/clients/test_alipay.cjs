// Alipay's official library for Node, which speaks version 3, against our simulator: it signs what it sends and verifies each
// answer.
"use strict";

const assert = require("node:assert/strict");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { test, before } = require("node:test");

const SIMULATORS = new URL(process.env.SIMULATORS);
const PICTURE = join(__dirname, "../fixtures/media/small.jpg");
const CONTENTS = "/v3/alipay/social/base/contentlib/standardcontent";

const load = createRequire(join(process.env.CLIENTS, "package.json"));
const { AlipaySdk, AlipayFormData } = load("alipay-sdk");

async function control(command) {
  const answer = await fetch(new URL("/control/alipay", SIMULATORS), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(command),
  });
  return answer.json();
}

let keys;
const connect = (more) =>
  new AlipaySdk({
    appId: "2021000000000001",
    privateKey: keys.app_private_key,
    keyType: "PKCS8",
    alipayPublicKey: keys.alipay_public_key,
    endpoint: new URL("/alipay", SIMULATORS).href,
    ...more,
  });

before(async () => {
  keys = await control({ keys: true });
  await control({ set: { audit_delay_s: 0, list_lag_s: 0 } });
});

for (const [name, more, options] of [
  ["in the clear", () => ({}), {}],
  ["encrypted", () => ({ encryptKey: keys.aes_key }), { needEncrypt: true }],
]) {
  test(`a post is published and found in the list, ${name}`, async () => {
    const sdk = connect(more());
    const form = new AlipayFormData();
    form.addField("biz_code", "content_creation");
    form.addFile("file_content", "small.jpg", PICTURE);
    const uploaded = await sdk.curl("POST", "/v3/alipay/open/file/upload", { form });
    const link = `https://cms.example.cn/s/42?v=${Date.now()}`;
    const body = {
      source_type: "1",
      source_title: "明前龙井",
      source_content: "今年头采。",
      source_link: link,
      source_media_infos: [{ media_id: uploaded.data.file_id, media_type: "image" }],
    };

    const published = await sdk.curl("POST", `${CONTENTS}/publish`, { body, ...options });

    assert.ok(published.data.content_id);
    const asked = { page_num: 1, page_size: 20, need_detail: true };
    const listed = await sdk.curl("POST", `${CONTENTS}/batchquery`, { body: asked, ...options });
    assert.ok(listed.data.content_details.some((one) => one.source_link === link));
  });
}

test("what breaks a rule is refused with a status and the platform's code", async () => {
  const body = { source_type: "1", source_title: "明".repeat(31), source_content: "茶", source_media_infos: [] };
  await assert.rejects(connect().curl("POST", `${CONTENTS}/publish`, { body }), (error) => {
    assert.equal(error.responseHttpStatus, 400);
    assert.equal(error.code, "BUSINESS_ERROR");
    return true;
  });
});

test("a call that another key signed is refused", async () => {
  const { generateKeyPairSync } = require("node:crypto");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sdk = connect({ privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) });
  await assert.rejects(sdk.curl("POST", `${CONTENTS}/batchquery`, { body: {} }), { code: "invalid-signature" });
});
