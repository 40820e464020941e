import { Anchor, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

const ADDRESS = /(https?:\/\/[^\s，。；、（）「」]+)/;

/** What a person has to do on the platform, as it was told; addresses in it lead there. */
export function Task({ params }: { params: unknown }) {
  const { t } = useTranslation();
  const message = (params as { message?: string } | null)?.message ?? "";
  if (message === "") return null;
  return (
    <Text className="wrap">
      {t("delivery.task")}
      <span lang="zh-Hans">
        {message.split(ADDRESS).map((part, index) =>
          index % 2 === 0 ? (
            part
          ) : (
            <Anchor key={index} href={part} target="_blank" rel="noreferrer">
              {part}
            </Anchor>
          ),
        )}
      </span>
    </Text>
  );
}
