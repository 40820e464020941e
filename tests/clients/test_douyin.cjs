// Douyin's official library for Node, against our simulator: it knows one host, whose calls are led to the simulator.
"use strict";

const assert = require("node:assert/strict");
const { createReadStream } = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { test, before } = require("node:test");

const SIMULATORS = new URL(process.env.SIMULATORS);
const VIDEO = join(__dirname, "../fixtures/media/vertical-2s.mp4");
const APP = "tt0000sim";

https.request = (options, answered) => {
  assert.equal(options.host ?? options.hostname, "open.douyin.com", "the platform's host");
  const path = `/douyin${options.path}`;
  return http.request({ ...options, agent: undefined, protocol: "http:", host: SIMULATORS.hostname, hostname: SIMULATORS.hostname, port: SIMULATORS.port, path }, answered);
};

const load = createRequire(join(process.env.CLIENTS, "package.json"));
const sdk = load("@open-dy/open_api_sdk");
const { FileField } = load("@open-dy/open_api_util");

async function control(command) {
  const answer = await fetch(new URL("/control/douyin", SIMULATORS), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(command),
  });
  return answer.json();
}

const client = new sdk.default({ clientKey: "awsim0001", clientSecret: "sim-secret-0001" });
let user;
let application;

before(async () => {
  const { code } = await control({ authorize: true });
  const granted = await client.oauthAccessToken(
    new sdk.OauthAccessTokenRequest({ clientKey: "awsim0001", clientSecret: "sim-secret-0001", code, grantType: "authorization_code" }),
  );
  user = { accessToken: granted.data.accessToken, openId: granted.data.openId, refreshToken: granted.data.refreshToken };
  const got = await client.oauthClientToken(
    new sdk.OauthClientTokenRequest({ clientKey: "awsim0001", clientSecret: "sim-secret-0001", grantType: "client_credential" }),
  );
  application = got.data.accessToken;
});

test("a video is uploaded, published and found again", async () => {
  assert.ok(user.accessToken && user.openId, "the grant says whose it is");
  const uploaded = await client.videoUploadVideo(
    new sdk.VideoUploadVideoRequest({
      accessToken: user.accessToken,
      openId: user.openId,
      video: new FileField({
        filename: "video.mp4",
        contentType: "video/mp4",
        content: createReadStream(VIDEO),
      }),
    }),
  );
  const videoId = uploaded.data.video.videoId;
  assert.ok(videoId);

  const made = await client.videoCreateVideo(
    new sdk.VideoCreateVideoRequest({ accessToken: user.accessToken, openId: user.openId, videoId, text: "一杯绿茶 #泡茶" }),
  );
  assert.ok(made.data.itemId);

  const list = await client.videoVideoList(
    new sdk.VideoVideoListRequest({ accessToken: user.accessToken, openId: user.openId, cursor: "0", count: 10 }),
  );
  assert.deepEqual(list.data.list.map((one) => one.itemId), [made.data.itemId]);
  const { items } = await (await fetch(new URL("/control/douyin/ledger", SIMULATORS))).json();
  assert.equal(items.length, 1, "readers see it once");
});

test("tokens are refreshed, and what is wrong is told", async () => {
  const again = await client.oauthRefreshToken(
    new sdk.OauthRefreshTokenRequest({ clientKey: "awsim0001", grantType: "refresh_token", refreshToken: user.refreshToken }),
  );
  assert.equal(again.data.accessToken, user.accessToken, "the same token with its life extended");
  await assert.rejects(
    client.videoVideoList(new sdk.VideoVideoListRequest({ accessToken: "act.unknown", openId: user.openId, cursor: "0", count: 10 })),
  );
});

test("pages, links and codes of the mini-program", async () => {
  const common = { accessToken: application, appId: APP };
  const query = JSON.stringify({ id: "lao-cha-guan" });
  const expireTime = String(Math.floor(Date.now() / 1000) + 86_400);
  await client.searchUploadSitemap(new sdk.SearchUploadSitemapRequest({ ...common, pagePaths: ["pages/story/index?id=lao-cha-guan"] }));
  const link = await client.urlLinkGenerate(
    new sdk.UrlLinkGenerateRequest({ ...common, appName: "douyin", path: "pages/story/index", query, expireTime }),
  );
  const info = await client.urlLinkQueryInfo(new sdk.UrlLinkQueryInfoRequest({ ...common, urlLink: link.data.urlLink }));
  assert.equal(info.data.path, "pages/story/index");
  const schema = await client.urlGenerateSchema(
    new sdk.UrlGenerateSchemaRequest({ ...common, path: "pages/story/index", query, expireTime, noExpire: false }),
  );
  assert.match(schema.data.schema, /^sslocal:\/\/miniapp/);
  const code = await client.qrcodeCreate(
    new sdk.QrcodeCreateRequest({ accessToken: application, appid: APP, appName: "douyin", path: encodeURIComponent("pages/story/index?id=1"), width: 430 }),
  );
  const picture = Buffer.from(code.data.img, "base64");
  assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from("PNG")]);
});
