import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useCallback } from 'react'
import { keys } from '@/api/keys'
import { productDeletionGet, productGet, productMemberList } from '@/api/products'
import type { Product } from '@/api/types'
import { reaches } from '@/session/productAccess'
import { useMe } from '@/session/useMe'
import { useUsers } from '@/session/useUsers'

const GOING_MS = 2000

/** A product. The sections of its page find it here without another request; one being deleted is polled until it is gone. */
export function useProduct(productId: string) {
  return useQuery({
    queryKey: keys.products.one(productId),
    queryFn: () => productGet(productId),
    refetchInterval: ({ state }) => (state.data?.deleted_at && !state.error ? GOING_MS : false),
  })
}

/** The deletion of a product being deleted; for users who may delete it. */
export function useDeletion(product: Product) {
  const enabled = reaches(useMe(), product, 'product_delete') && Boolean(product.deleted_at)
  const { data } = useQuery({
    queryKey: keys.products.deletion(product.id),
    queryFn: () => productDeletionGet(product.id),
    enabled,
    refetchInterval: ({ state }) => (state.data?.status === 'running' && !state.error ? GOING_MS : false),
  })
  return data
}

/** The product of the current page, whose sections render only once it is loaded. */
export function useLoadedProduct(): Product {
  const { productId } = useParams({ strict: false })
  const { data } = useProduct(productId ?? '')
  if (!data) throw new Error('useLoadedProduct is for the parts of a product’s page')
  return data
}

/** A product's team, owner first, and names by id; also for users who may not list users. */
export function useTeam(productId: string) {
  const { users } = useUsers()
  const query = useQuery({ queryKey: keys.products.members(productId), queryFn: () => productMemberList(productId) })
  const people = query.data ?? []
  const nameOf = (userId: string | null | undefined): string | undefined =>
    people.find((one) => one.user_id === userId)?.name ?? users.find((one) => one.id === userId)?.name
  return { query, people, nameOf }
}

/** Shows a newer version of a product everywhere at once. */
export function useStoredProduct() {
  const client = useQueryClient()
  return useCallback(
    (product: Product) => {
      client.setQueryData(keys.products.one(product.id), product)
      void client.invalidateQueries({ queryKey: keys.products.lists })
      void client.invalidateQueries({ queryKey: keys.products.members(product.id) })
    },
    [client],
  )
}
