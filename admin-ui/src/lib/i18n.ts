import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import zhHans from "@/locales/zh-Hans.json";

export type Language = "zh-Hans" | "en";

const STORED = "fenfa.language";

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "zh-Hans";
}

/** Starts in Chinese, or in the language that was chosen before; English is fetched only when chosen. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "zh-Hans",
    fallbackLng: "zh-Hans",
    resources: { "zh-Hans": { translation: zhHans } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  if (localStorage.getItem(STORED) === "en") await chooseLanguage("en");
}

export async function chooseLanguage(language: Language): Promise<void> {
  if (language === "en" && !i18next.hasResourceBundle("en", "translation")) {
    const [en, findings] = await Promise.all([import("@/locales/en.json"), import("@/locales/findings.en.json")]);
    i18next.addResourceBundle("en", "translation", en.default);
    i18next.addResourceBundle("en", "findings", findings.default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  localStorage.setItem(STORED, language);
}
