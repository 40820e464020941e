import { useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useTranslation } from "react-i18next";

import { queueOf } from "../upload-queue";
import { PickFiles } from "./pick-files";

/** Brings pictures and videos of this machine into the library. */
export function UploadButton() {
  const { t } = useTranslation();
  const queue = queueOf(useQueryClient());
  return (
    <PickFiles
      label={t("upload.open")}
      accept="image/*,video/*"
      multiple
      leftSection={<Upload size={16} aria-hidden />}
      onPick={(files) => {
        queue.add(files);
      }}
    />
  );
}
