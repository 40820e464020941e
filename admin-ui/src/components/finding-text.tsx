import { type FindingTold, findingLine } from "@/lib/finding";

/** What is wrong and how to mend it, in one line. */
export function FindingText({ finding }: { finding: FindingTold }) {
  const { text, lang } = findingLine(finding);
  return <span lang={lang}>{text}</span>;
}
