import { Plus, Rows3 } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import type { Board, TaskStatus } from '@/api/types'
import { usePhone } from '@/lib/usePhone'
import { Button } from '@/ui/Button'
import { FilterChips } from '@/ui/FilterChips'
import { Menu, MenuChoice } from '@/ui/Menu'
import { FindBox } from '../FindBox'
import { useTaskFilters } from '../filters'
import { LANES, type BoardSearch, type LaneKind } from '../routes'

export type Change = (changes: Partial<BoardSearch>) => void

function LaneMenu({ lanes, onChange }: { lanes: LaneKind | undefined; onChange: Change }) {
  const choices = [
    { value: 'none', label: 'No lanes' },
    ...Object.entries(LANES).map(([value, label]) => ({ value, label: `By ${label.toLowerCase()}` })),
  ]
  return (
    <Menu
      trigger={
        <Button variant="quiet" icon={Rows3}>
          {lanes ? `Lanes by ${LANES[lanes].toLowerCase()}` : 'Lanes'}
        </Button>
      }
    >
      <MenuChoice
        value={lanes ?? 'none'}
        options={choices}
        onChange={(value) => onChange({ lanes: value === 'none' ? undefined : (value as LaneKind) })}
      />
    </Menu>
  )
}

interface BoardToolsProps {
  productId: string
  board: Board | undefined
  search: BoardSearch
  change: Change
  /** Missing if the user can't create tasks. */
  onCreate: ((status: TaskStatus) => void) | undefined
}

/** The toolbar above the board: filters, search, lanes and the button for a new task. */
export function BoardTools({ productId, board, search, change, onCreate }: BoardToolsProps) {
  const phone = usePhone()
  const labels = useMemo(() => [...new Set(board?.columns.flatMap(({ items }) => items.flatMap((card) => card.labels)) ?? [])], [board])
  const filters = useTaskFilters(productId, labels, search.label)
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2 md:px-6">
      <FilterChips filters={filters} values={search} onChange={(changes) => change(changes as Partial<BoardSearch>)} />
      <div className="ml-auto flex items-center gap-1 max-md:ml-0 max-md:w-full">
        <FindBox
          label="Find on the board"
          value={search.text}
          onChange={useCallback((text: string | undefined) => change({ text }), [change])}
        />
        {!phone && <LaneMenu lanes={search.lanes} onChange={change} />}
        {onCreate && (
          <Button variant="primary" icon={Plus} onClick={() => onCreate(phone ? (search.column ?? 'open') : 'open')}>
            New task
          </Button>
        )}
      </div>
    </div>
  )
}
