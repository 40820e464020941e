import { Button, Group, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel, Refused } from "@/components/states";
import { useChannels } from "@/lib/channels";
import { useMay } from "@/lib/session";
import { localText } from "@/lib/text";

import { type Product, type ProductDraft, draftOf, fenOf, isAbout, saveProduct } from "../product-query";
import { ProductAttributes } from "./product-attributes";
import { ProductPictures } from "./product-pictures";
import { CategoryField } from "./term-fields";

const FIELDS = ["sku", "name", "brief", "priceFen"];

interface ProductFormProps {
  product?: Product;
  onMade?: (id: string) => void;
}

/** Everything that stands about a product. */
export function ProductForm({ product, onMade }: ProductFormProps) {
  const { t } = useTranslation();
  const isReadOnly = !useMay("WRITE_CONTENT");
  const [draft, setDraft] = useState(() => draftOf(product));
  const set = (part: Partial<ProductDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveProduct(draft, product),
    onSuccess: (id) => onMade?.(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["products"] }),
  });
  const isPriceless = fenOf(draft.price) === undefined;
  const input = (field: "sku" | "name" | "brief") => ({
    label: t(`product.${field}`),
    value: draft[field],
    readOnly: isReadOnly,
    error: isAbout(save.error, field) ? <Refused error={save.error} /> : undefined,
    onChange: (event: { currentTarget: { value: string } }) => {
      set({ [field]: event.currentTarget.value });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!isPriceless) save.mutate();
  };
  return (
    <form onSubmit={submit} className="card pad" aria-label={t("nav.products")}>
      <Stack gap={16}>
        <TextInput {...input("name")} required maxLength={200} />
        <TextInput {...input("sku")} required maxLength={64} spellCheck={false} />
        <TextInput
          label={t("product.price_yuan")}
          value={draft.price}
          readOnly={isReadOnly}
          required
          inputMode="decimal"
          error={draft.price !== "" && isPriceless ? t("product.price_wrong") : undefined}
          onChange={(event) => {
            set({ price: event.currentTarget.value });
          }}
        />
        <Textarea {...input("brief")} description={t("product.brief_help")} autosize minRows={2} maxLength={500} />
        <CategoryField value={draft.category} onChange={(category) => { set({ category }); }} isReadOnly={isReadOnly} />
        <ProductPictures value={draft.pictures} onChange={(pictures) => { set({ pictures }); }} isReadOnly={isReadOnly} />
        <ProductAttributes value={draft.attributes} onChange={(attributes) => { set({ attributes }); }} isReadOnly={isReadOnly} />
        <Paths value={draft.paths} onChange={(paths) => { set({ paths }); }} isReadOnly={isReadOnly} />
        {save.error !== null && !FIELDS.some((field) => isAbout(save.error, field)) && <ErrorPanel error={save.error} />}
        {!isReadOnly && (
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t("product.save")}
            </Button>
            {save.isSuccess && <Text role="status">{t("site.saved")}</Text>}
          </Group>
        )}
      </Stack>
    </form>
  );
}

interface PathsProps {
  value: ProductDraft["paths"];
  onChange: (paths: ProductDraft["paths"]) => void;
  isReadOnly: boolean;
}

/** The page of the product in each channel's mini-program. */
function Paths({ value, onChange, isReadOnly }: PathsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap={8} role="group" aria-label={t("product.paths")}>
      <Text fw={600}>{t("product.paths")}</Text>
      {useChannels().map((channel) => (
        <TextInput
          key={channel.id}
          label={localText(channel.name)}
          value={value.find((one) => one.channel === channel.id)?.path ?? ""}
          readOnly={isReadOnly}
          spellCheck={false}
          onChange={(event) => {
            onChange([...value.filter((one) => one.channel !== channel.id), { channel: channel.id, path: event.currentTarget.value }]);
          }}
        />
      ))}
    </Stack>
  );
}
