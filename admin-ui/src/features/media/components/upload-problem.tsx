import { Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Refused } from "@/components/states";
import { ApiError } from "@/lib/graphql";

/** Why a file did not come in, in a line. */
export function UploadProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <Text size="sm" c="var(--fenfa-bad)" role="alert">
      {t("upload.failed")} <Refused error={error} />{" "}
      {known?.requestId !== undefined && (
        <>
          {t("error.number")} <Code>{known.requestId}</Code>
        </>
      )}
    </Text>
  );
}
