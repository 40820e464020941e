import i18next from "i18next";

import { findingLine, firstFinding } from "./finding";
import { ApiError } from "./graphql";
import { currentLanguage } from "./i18n";

/** What a hole in a text of the server holds, where it is not shown as it came. */
type Holds = "state" | "permission" | "bytes";

/**
 * What the server says no with, as its sources have it, by the name of our own text. The server speaks English, to
 * programs; what people often meet is said to them in their language. A test holds this against the sources.
 */
export const REFUSALS: Record<string, string | readonly [text: string, holds: Holds]> = {
  empty: "must not be empty",
  one_line: "must be one line",
  one_plain_line: "must be one line without control characters",
  one_line_of: "must be one line of at most {LONGEST_NAME} characters",
  named: "must have 1 to 100 characters on one line",
  account_named: "must have 1 to 100 characters",
  at_most: "must have at most {LONGEST_ALT} characters",
  between: "must have {SHORTEST} to {LONGEST} characters",
  too_long: "has {length} characters; at most {longest} are taken",
  too_many: "has {} entries; at most {most} are taken",
  variant_too_long: "has a length of {}; at most {} ({}) are allowed",
  controls: "holds control characters; remove them",
  no_controls: "must not hold control characters",
  turned: "holds invisible characters that turn its direction; remove them",
  email: "is not an e-mail address",
  email_taken: "somebody with this e-mail address exists already",
  password_wrong: "is not right",
  own_role: "you cannot change your own role; ask another admin",
  slug_form: "may hold lower-case letters, digits and single dashes only",
  slug_taken: "{wanted} is taken; choose another",
  source_taken: "another item has this slug or source id already",
  sku_taken: "another product has this stock keeping unit already",
  webhook_named_alike: "another webhook has this name already",
  job_named_alike: "another recurring job has this name already",
  account_named_alike: "an account of this channel has this name already",
  account_needs: "is needed to connect this account",
  whole_number: "must be a whole number",
  category_gone: "this category does not exist",
  asset_gone: "asset {missing} does not exist",
  body_large: "is larger than 1 MB; split the story",
  body_link: "links may lead to http, https, mailto, tel or a path, not to {}",
  archived: "it is archived; restore it first",
  not_yours: "authors change their own content only; ask an editor",
  no_permission: ["this needs the permission {}", "permission"],
  no_role: "you have no role in this site",
  past: "{} is in the past",
  too_far: "is more than five years ahead",
  live_address: "must be an address that starts with https://",
  on_its_way: "an earlier version is on its way to this account on this lane; cancel it, or wait until it is live",
  is_live: "an earlier version is live on this lane, and the platform cannot change it; withdraw it first, or send this as another item",
  twin: "this content already goes, or went, to this account on this lane",
  variant_changed: "the variant was changed since you saw it; look at it again, then approve",
  went_on: "the delivery went on in the meantime; look at it again",
  sent: "it was sent already, or is being sent right now",
  wrong_state: ["a delivery that is {} cannot be {what}", "state"],
  nothing_live: "nothing of it is live",
  video_gone: "the video's file is missing; upload it again",
  file_large: ["the file has {size_bytes} bytes; at most {most} are taken", "bytes"],
  file_kind: "{what} is not taken; use JPEG, PNG, WebP, GIF, MP4 or WebM",
  picture_kind: "{other} is not taken; use JPEG, PNG, WebP or GIF",
  picture_large: "the picture has {width}×{height} pixels; at most {max_pixels} in all are taken: make it smaller",
  picture_broken: "the picture is damaged or cut off; save it again and upload it anew",
  picture_odd: "the picture is written in an unusual way; save it again as JPEG or PNG",
  video_broken: "the video's structure is damaged; export it again",
  video_header: "the video's header is damaged; export it again",
  video_cut: "the video is cut off: its end is missing; export or upload it again",
  video_kind: "{what}; use MP4 (H.264 with AAC) or WebM",
  other_kind: "a picture takes the place of a picture, a video that of a video",
  file_known: "that file is in the library already and “{}” shows it; choose it there instead",
  uploads_many: "{MOST_AT_ONCE} uploads are under way; complete or cancel some first",
  no_title: "has no title: begin with a heading, or with front matter that holds `title:`",
  private_address: "is a private address; the operator may allow it as HOST:PORT in outbound.allow_private",
  no_topic: "must name at least one topic",
  webhooks_many: "a site has at most {MOST} webhooks; delete one first",
  jobs_many: "a site has at most {MOST} recurring jobs; delete one first",
  never: "names a time that never comes",
  running: "it runs at this very instant already",
  no_removals: "nothing waits to be removed by a file",
  removed_all: "nothing in this file is to be removed any more",
  uploaded: "the file was uploaded already",
};

/** Why a call of ours came to nothing, as the server begins to say it; what follows is for who looks into the evidence. */
export const CAUSES: Record<string, string> = {
  unreachable: "the platform could not be reached; nothing was sent",
  broke: "the connection broke before the platform answered",
  unbuilt: "the request could not be built",
  slower: "the platform asks for a slower pace (HTTP 429)",
  token: "the account's token could not be had",
  panicked: "the adapter panicked",
  receiver: "the receiver could not be reached, or its address is a private one that is not allowed",
};

/** Codes that say enough to who does not read the server's English. */
const CODES = ["OFFLINE", "UNAUTHENTICATED", "NOT_FOUND", "CONFLICT", "RATE_LIMITED", "TOO_LARGE", "UNAVAILABLE", "INTERNAL"];

const PATTERNS = Object.entries(REFUSALS).map(([name, entry]) => {
  const [text, holds] = typeof entry === "string" ? [entry, undefined] : entry;
  return { name, holds, pattern: new RegExp(`^${text.split(/\{\w*\}/).map(escaped).join("(.+)")}$`) };
});

/** What a person reads of something that failed; the language of words that are not ours. */
export interface Refusal {
  text: string;
  lang?: "zh-Hans" | "en";
}

/** Says what failed in the language of the page: known texts, else what the code says, else the server's words. */
export function refusal(error: unknown): Refusal {
  if (!(error instanceof ApiError)) return { text: i18next.t("refusal.code.UNKNOWN") };
  const finding = firstFinding(error.details);
  if (finding !== undefined) return findingLine(finding);
  for (const { name, pattern, holds } of PATTERNS) {
    const found = pattern.exec(error.message);
    if (found !== null) return { text: i18next.t(`refusal.${name}`, filled(found.slice(1), holds)) };
  }
  // Platforms speak Chinese to us, and what they say tells more than any code.
  const lang = languageOf(error.message);
  const isOpaque = lang === "en" && currentLanguage() !== "en";
  if (error.message === "" || (isOpaque && CODES.includes(error.code))) return { text: ofCode(error.code) };
  return { text: error.message, lang };
}

/** Says why a call of ours came to nothing, as far as that is one of the known causes. */
export function cause(message: string): Refusal {
  const known = Object.keys(CAUSES).find((name) => message.startsWith(String(CAUSES[name])));
  return known === undefined ? { text: message, lang: languageOf(message) } : { text: i18next.t(`cause.${known}`) };
}

/** The text of it alone, for what takes no more. */
export function said(error: unknown): string {
  return refusal(error).text;
}

function languageOf(text: string): "zh-Hans" | "en" {
  return /\p{Script=Han}/u.test(text) ? "zh-Hans" : "en";
}

function ofCode(code: string): string {
  const known = CODES.includes(code) ? code : code.startsWith("HTTP_5") ? "UNAVAILABLE" : "UNKNOWN";
  return i18next.t(`refusal.code.${known}`);
}

/** What stood in the holes of a text, for those of ours: `a`, `b`, `c` in their order. */
function filled(parts: string[], holds: Holds | undefined): Record<string, string> {
  const shown = (part: string) => {
    if (holds === "bytes") return (Number(part) / 1_000_000).toFixed(1);
    return holds === undefined ? part : i18next.t(`${holds}.${part}`, { defaultValue: part });
  };
  return Object.fromEntries(parts.map((part, index) => ["abc".charAt(index), shown(part)]));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
