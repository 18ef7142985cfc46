import { Link } from '@tanstack/react-router'
import type { RoadmapStrand } from '@/api/types'
import { MILESTONE_RISKS } from '@/api/words'
import { formatDate } from '@/lib/day'
import { MilestoneBadge } from '@/ui/Badge'
import { buttonClass } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { ProgressBar } from '@/ui/ProgressBar'

const SHOWN = 4

/** Open milestones of all products: those at risk first, then by due date. */
export function NextMilestones({ roadmap }: { roadmap: readonly RoadmapStrand[] }) {
  const open = roadmap
    .flatMap(({ product, milestones }) => milestones.map((milestone) => ({ product, milestone })))
    .filter(({ milestone }) => milestone.status === 'open')
    .sort((a, b) => Number(b.milestone.at_risk) - Number(a.milestone.at_risk) || a.milestone.due_on.localeCompare(b.milestone.due_on))
  const risky = open.filter(({ milestone }) => milestone.at_risk).length
  return (
    <Section
      title="Milestones"
      hint={risky > 0 ? `${risky} at risk across all products.` : 'Across all products.'}
      actions={
        <Link to="/roadmap" className={buttonClass('quiet')}>
          Roadmap
        </Link>
      }
      flush
    >
      {open.length === 0 ? (
        <p className="p-4 text-ink-3">No open milestones.</p>
      ) : (
        <ul className="divide-y divide-line">
          {open
            .slice(0, SHOWN)
            .map(({ product, milestone: { id, name, due_on: due, status, at_risk: atRisk, at_risk_reason: reason, progress } }) => (
              <li key={id}>
                <Link
                  to="/products/$productId/milestones"
                  params={{ productId: product.id }}
                  className="flex flex-col gap-1 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <span className="flex items-center gap-2">
                    <span className="font-mono text-xs text-ink-3">{product.key}</span>
                    <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                    <MilestoneBadge status={status} atRisk={atRisk} />
                  </span>
                  <div className="flex items-center gap-3">
                    <div className="min-w-0 flex-1" aria-hidden>
                      <ProgressBar value={progress.percent / 100} label={`Progress of ${name}`} tone={atRisk ? 'red' : 'accent'} />
                    </div>
                    <span className="tabular w-20 text-right text-xs whitespace-nowrap text-ink-3">{progress.percent}% done</span>
                    <span className="tabular text-xs whitespace-nowrap text-ink-3">{formatDate(due)}</span>
                  </div>
                  {reason && <span className="text-xs text-red">{MILESTONE_RISKS[reason]}</span>}
                </Link>
              </li>
            ))}
        </ul>
      )}
      {open.length > SHOWN && <p className="border-t border-line px-4 py-2.5 text-ink-3">{open.length - SHOWN} more</p>}
    </Section>
  )
}
