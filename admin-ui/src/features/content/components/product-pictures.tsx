import { Button, CloseButton, Group, Image, Input } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ImagePlus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { AssetPicker } from "@/components/asset-picker";

import type { ProductDraft } from "../product-query";

interface ProductPicturesProps {
  value: ProductDraft["pictures"];
  onChange: (pictures: ProductDraft["pictures"]) => void;
  isReadOnly: boolean;
}

/** The pictures of a product, the first one foremost. */
export function ProductPictures({ value, onChange, isReadOnly }: ProductPicturesProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Input.Wrapper label={t("product.pictures")} labelElement="div">
      <Group gap={8} align="flex-start">
        {value.map((picture, place) => (
          <div key={picture.id}>
            <Image src={picture.url} alt={picture.alt} w={96} h={96} fit="cover" radius={4} />
            {!isReadOnly && (
              <CloseButton
                size="sm"
                aria-label={t("product.picture_remove", { number: place + 1 })}
                onClick={() => { onChange(value.filter(({ id }) => id !== picture.id)); }}
              />
            )}
          </div>
        ))}
        {!isReadOnly && (
          <Button variant="default" size="xs" leftSection={<ImagePlus size={14} aria-hidden />} onClick={open}>
            {t("product.picture_new")}
          </Button>
        )}
      </Group>
      <AssetPicker
        isOpen={isOpen}
        onClose={close}
        onPick={(asset) => {
          close();
          onChange([...value.filter(({ id }) => id !== asset.id), asset]);
        }}
      />
    </Input.Wrapper>
  );
}
