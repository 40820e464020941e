import { Checkbox, Table } from "@mantine/core";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";

import { MoreButton } from "./more-button";
import { ErrorPanel, ListSkeleton } from "./states";
import { useRowKeys } from "./use-row-keys";

/** A column: its heading and what stands in a row. */
export interface Column<Row> {
  key: string;
  label: string;
  width?: number | string;
  cell: (row: Row) => ReactNode;
}

/** Rows that are chosen, by their keys. */
interface Selection<Row> {
  chosen: string[];
  onChange: (chosen: string[]) => void;
  /** What a row is called, for those who do not see it. */
  nameOf: (row: Row) => string;
}

interface DataTableProps<Row> {
  /** What the table is about, for those who do not see it. */
  label: string;
  columns: Column<Row>[];
  query: Pick<
    UseInfiniteQueryResult<Row[]>,
    "data" | "error" | "isPending" | "hasNextPage" | "isFetchingNextPage" | "fetchNextPage" | "refetch"
  >;
  keyOf: (row: Row) => string;
  /** What stands there when there are no rows. */
  empty: ReactNode;
  /** Lets rows be chosen. */
  selection?: Selection<Row>;
}

/** A list that goes on by cursor; old rows stay while new ones come. J, K, X and Enter work in it. */
export function DataTable<Row>({ label, columns, query, keyOf, empty, selection }: DataTableProps<Row>) {
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table);
  if (query.isPending) return <ListSkeleton />;
  const rows = query.data ?? [];
  const failed = query.error !== null && (
    <ErrorPanel
      error={query.error}
      retry={() => {
        void query.refetch();
      }}
    />
  );
  if (rows.length === 0) return failed || empty;
  return (
    <>
      {failed}
      <div className="card" ref={table}>
        <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {selection !== undefined && (
                <Table.Th w={48}>
                  <ChooseAll keys={rows.map(keyOf)} {...selection} />
                </Table.Th>
              )}
              {columns.map((column) => (
                <Table.Th key={column.key} scope="col" {...(column.width === undefined ? { className: "main-column" } : { w: column.width })}>
                  {column.label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {selection !== undefined && (
                  <Table.Td>
                    <Choose id={keyOf(row)} name={selection.nameOf(row)} {...selection} />
                  </Table.Td>
                )}
                {columns.map((column) => (
                  <Table.Td key={column.key}>{column.cell(row)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <MoreButton query={query} />
    </>
  );
}

type Chosen = Pick<Selection<unknown>, "chosen" | "onChange">;

function Choose({ id, name, chosen, onChange }: Chosen & { id: string; name: string }) {
  const { t } = useTranslation();
  return (
    <Checkbox
      checked={chosen.includes(id)}
      aria-label={t("list.choose", { name })}
      onChange={(event) => {
        onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id));
      }}
    />
  );
}

function ChooseAll({ keys, chosen, onChange }: Chosen & { keys: string[] }) {
  const { t } = useTranslation();
  const isAll = keys.every((key) => chosen.includes(key));
  return (
    <Checkbox
      checked={isAll}
      indeterminate={!isAll && chosen.length > 0}
      aria-label={t("list.choose_all")}
      onChange={() => {
        onChange(isAll ? [] : keys);
      }}
    />
  );
}
