import { useMutation } from '@tanstack/react-query'
import { recoveryCodesCreate } from '@/api/factors'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { FactorRow, type FactorProps } from './parts'

/** How many recovery codes are left, and new ones. */
export function NewRecoveryCodes({ left, onCodes, onChanged }: Omit<FactorProps, 'only'> & { left: number }) {
  const renew = useMutation({
    mutationFn: recoveryCodesCreate,
    onSuccess: onCodes,
    onError: (error) => toast.error('Couldn’t create new recovery codes', error),
    onSettled: onChanged,
  })
  return (
    <FactorRow
      title="Recovery codes"
      hint={`${left === 1 ? '1 recovery code left' : `${left} recovery codes left`}, for when you don’t have your second factor with you. New ones replace them.`}
      action={
        <Button busy={renew.isPending} onClick={() => renew.mutate()}>
          New recovery codes
        </Button>
      }
    />
  )
}
