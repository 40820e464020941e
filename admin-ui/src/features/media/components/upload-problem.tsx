import { Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/graphql";

/** Why a file did not come in, in a line. */
export function UploadProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : undefined;
  const reason = known?.code === "OFFLINE" ? t("error.offline") : error instanceof Error ? error.message : "";
  return (
    <Text size="sm" c="var(--fenfa-bad)" role="alert">
      {t("upload.failed")} {reason}{" "}
      {known?.requestId !== undefined && (
        <>
          {t("error.number")} <Code>{known.requestId}</Code>
        </>
      )}
    </Text>
  );
}
