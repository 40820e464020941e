import { Button, CloseButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { ProductDraft } from "../product-query";

interface ProductAttributesProps {
  value: ProductDraft["attributes"];
  onChange: (attributes: ProductDraft["attributes"]) => void;
  isReadOnly: boolean;
}

/** The properties of a product, in the order in which readers see them. */
export function ProductAttributes({ value, onChange, isReadOnly }: ProductAttributesProps) {
  const { t } = useTranslation();
  const change = (place: number, part: Partial<ProductDraft["attributes"][number]>) => {
    onChange(value.map((one, index) => (index === place ? { ...one, ...part } : one)));
  };
  return (
    <Stack gap={8} role="group" aria-label={t("product.attributes")}>
      <Text fw={600}>{t("product.attributes")}</Text>
      {value.map((attribute, place) => (
        // Rows have no name of their own; they keep their places.
        <Group key={place} gap={8} wrap="nowrap">
          <TextInput
            w={180}
            aria-label={t("product.attribute_name", { number: place + 1 })}
            value={attribute.name}
            readOnly={isReadOnly}
            onChange={(event) => { change(place, { name: event.currentTarget.value }); }}
          />
          <TextInput
            flex={1}
            aria-label={t("product.attribute_value", { number: place + 1 })}
            value={attribute.value}
            readOnly={isReadOnly}
            onChange={(event) => { change(place, { value: event.currentTarget.value }); }}
          />
          {!isReadOnly && (
            <CloseButton
              aria-label={t("product.attribute_remove", { number: place + 1 })}
              onClick={() => { onChange(value.filter((_, index) => index !== place)); }}
            />
          )}
        </Group>
      ))}
      {!isReadOnly && (
        <Group>
          <Button size="xs" variant="default" onClick={() => { onChange([...value, { name: "", value: "" }]); }}>
            {t("product.attribute_new")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
