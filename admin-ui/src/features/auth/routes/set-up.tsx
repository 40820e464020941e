import { Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { FirstForm } from "../components/first-form";
import { FirstSteps } from "../components/first-steps";

/** The first run: who starts this server here, and what comes next. */
export function SetUp() {
  const { t } = useTranslation();
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    document.title = `${t("setup.title")} · 分发 Fenfa`;
  }, [t]);
  return (
    <Stack align="center" justify="center" mih="100vh" p={16} component="main">
      {isDone ? <FirstSteps /> : <FirstForm onDone={() => { setDone(true); }} />}
    </Stack>
  );
}
