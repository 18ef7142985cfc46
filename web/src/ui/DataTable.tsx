import { usePhone } from '@/lib/usePhone'
import { ErrorState } from './states'
import { useColumnChoice } from './table/ColumnMenu'
import { Grid } from './table/Grid'
import { SkeletonRows } from './table/SkeletonRows'
import type { DataTableProps } from './table/types'

export type { Column, RowAction } from './table/types'

/** The standard list: sticky header, only visible rows in the DOM, j/k or arrows to move, Enter to open. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { rows, columns, error, loading, name } = props
  const phone = usePhone()
  const choice = useColumnChoice(name, columns)
  if (error && rows.length === 0) return <ErrorState error={error} onRetry={props.onRetry} />
  if (loading) return <SkeletonRows columns={choice.shown} phone={phone} />
  if (rows.length === 0) return props.empty
  return <Grid {...props} choice={choice} isPhone={phone} />
}
