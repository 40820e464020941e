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

/**
 * A list that goes on by cursor; old rows stay while new ones come. J, K, X and Enter work in it. Its rows are many, so they
 * are plain elements, which are drawn sooner than components with styles of their own.
 */
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
        <table className="table" aria-label={label}>
          <thead>
            <tr>
              {selection !== undefined && (
                <th style={{ width: 48 }}>
                  <ChooseAll keys={rows.map(keyOf)} {...selection} />
                </th>
              )}
              {columns.map((column) => (
                <th key={column.key} scope="col" {...(column.width === undefined ? { className: "main-column" } : { style: { width: column.width } })}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {selection !== undefined && (
                  <td>
                    <Choose id={keyOf(row)} name={selection.nameOf(row)} {...selection} />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key}>{column.cell(row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <MoreButton query={query} />
    </>
  );
}

type Chosen = Pick<Selection<unknown>, "chosen" | "onChange">;

function Choose({ id, name, chosen, onChange }: Chosen & { id: string; name: string }) {
  const { t } = useTranslation();
  return (
    <input
      type="checkbox"
      className="tick"
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
    <input
      ref={(input) => {
        if (input !== null) input.indeterminate = !isAll && chosen.length > 0;
      }}
      type="checkbox"
      className="tick"
      checked={isAll}
      aria-label={t("list.choose_all")}
      onChange={() => {
        onChange(isAll ? [] : keys);
      }}
    />
  );
}
