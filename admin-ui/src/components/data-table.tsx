import { Table } from "@mantine/core";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { MoreButton } from "./more-button";
import { ErrorPanel, ListSkeleton } from "./states";

/** A column: its heading and what stands in a row. */
export interface Column<Row> {
  key: string;
  label: string;
  width?: number | string;
  cell: (row: Row) => ReactNode;
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
}

/** A list that goes on by cursor; old rows stay while new ones come. */
export function DataTable<Row>({ label, columns, query, keyOf, empty }: DataTableProps<Row>) {
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
      <div className="card">
        <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.key} scope="col" w={column.width}>
                  {column.label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
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
