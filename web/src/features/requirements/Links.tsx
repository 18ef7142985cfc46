import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { Problem } from '@/api/problem'
import type { Requirement, RequirementLink } from '@/api/types'
import { requirementGet, requirementUpdate } from '@/api/requirements'
import { LINK_KINDS } from '@/api/words'
import { RequirementBadge, SuspectBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Section } from '@/ui/PageHeader'
import { toast } from '@/ui/Toast'
import { useStoredRequirement } from './useStored'
import { confirming } from './values'

function useConfirm(requirement: Requirement) {
  const stored = useStoredRequirement()
  const { isPending, variables, mutate } = useMutation({
    mutationFn: (link: RequirementLink) => requirementUpdate(requirement, { links: confirming(requirement.links, link) }),
    onSuccess: (saved, link) => {
      stored(saved)
      toast.done(`Link to ${link.target?.reference ?? 'the requirement'} confirmed`)
    },
    onError: async (error) => {
      toast.error('Couldn’t confirm the link', error)
      if (error instanceof Problem && error.status === 412) stored(await requirementGet(requirement))
    },
  })
  return { busy: isPending ? variables : undefined, confirm: mutate }
}

/** Links of a requirement. If the linked requirement has changed since, someone must check that the link still holds. */
export function Links({ requirement, mayWrite }: { requirement: Requirement; mayWrite: boolean }) {
  const { links, product_id: productId } = requirement
  const { busy, confirm } = useConfirm(requirement)
  const suspects = links.filter(({ suspect }) => suspect).length
  if (links.length === 0) return null
  return (
    <Section
      title="Links"
      hint={suspects > 0 ? `${suspects} of ${links.length} may be outdated: the linked requirement has changed.` : undefined}
    >
      <ul aria-label="Links" className="-m-4 divide-y divide-line">
        {links.map((link) => {
          const { requirement_id: id, kind, suspect, target, at_version: version } = link
          return (
            <li key={`${id} ${kind}`} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-3">
              <span className="w-26 shrink-0 text-ink-3">{LINK_KINDS[kind]}</span>
              <span className="min-w-0 flex-1 basis-48 break-words">
                {target ? (
                  <Link
                    to="/products/$productId/requirements/$requirementId"
                    params={{ productId, requirementId: id }}
                    className="hover:text-accent hover:underline"
                  >
                    <span className="font-mono text-xs text-ink-3">{target.reference}</span> {target.title}
                  </Link>
                ) : (
                  <span className="text-ink-3">A deleted requirement</span>
                )}
              </span>
              {target && <RequirementBadge status={target.status} />}
              {suspect && <SuspectBadge />}
              {suspect && target && (
                <span className="flex items-center gap-2 max-md:w-full max-md:justify-end">
                  <Link
                    to="/products/$productId/requirements/$requirementId"
                    params={{ productId, requirementId: id }}
                    search={{ from: version, to: target.content_version }}
                    className="text-accent hover:underline max-md:py-3"
                  >
                    What changed
                  </Link>
                  {mayWrite && (
                    <Button
                      icon={Check}
                      busy={busy === link}
                      disabled={busy !== undefined}
                      aria-label={`Confirm the link to ${target.reference}`}
                      onClick={() => confirm(link)}
                    >
                      Confirm
                    </Button>
                  )}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
