import i18next from "i18next";

import { type Language, currentLanguage } from "./i18n";
import { localText } from "./text";

/** What a finding is made of, wherever the server tells of one. */
export interface FindingTold {
  /** Stable name of the rule. */
  code: string;
  /** What is wrong and how to mend it, in Chinese. */
  reason: string;
  cure: string;
  /** What the sentences of other languages need. */
  params: unknown;
}

/** What a person reads of a finding, and in which language. */
export interface FindingWords {
  reason: string;
  cure: string;
  lang: Language;
}

/** Says a finding in the language of the page: the server's words in Chinese, else the sentences of its code. */
export function findingWords({ code, reason, cure, params }: FindingTold): FindingWords {
  if (currentLanguage() === "zh-Hans") return { reason, cure, lang: "zh-Hans" };
  const values = valuesOf(params);
  const [says, mend] = [`findings:${code}.reason`, `findings:${code}.cure`];
  if (!i18next.exists(says, values)) return { reason, cure, lang: "zh-Hans" };
  return { reason: i18next.t(says, values), cure: i18next.t(mend, values), lang: "en" };
}

/** The same in one line; Chinese parts sentences without a space. */
export function findingLine(finding: FindingTold): { text: string; lang: Language } {
  const { reason, cure, lang } = findingWords(finding);
  return { text: [reason, cure].join(lang === "en" ? " " : ""), lang };
}

/** The first finding that a refusal lists. */
export function firstFinding(details: unknown): FindingTold | undefined {
  return (details as { findings?: FindingTold[] } | undefined)?.findings?.[0];
}

/** `case` chooses among the sentences of a code; labels come in both languages. */
function valuesOf(params: unknown): Record<string, unknown> {
  const { case: context, ...values } = (params ?? {}) as Record<string, unknown>;
  return { context, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isLabel(value) ? localText(value) : value])) };
}

function isLabel(value: unknown): value is { zh: string; en: string } {
  return typeof value === "object" && value !== null && "zh" in value && "en" in value;
}
