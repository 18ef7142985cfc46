import { useParams } from '@tanstack/react-router'
import type { Product } from '@/api/types'
import { useProduct } from '@/shell/products/useProduct'

/** The product around a part of its page, which shows its parts only when it has read it. */
export function useLoaded(): Product {
  const { productId } = useParams({ from: '/shell/products/$productId' })
  const { data } = useProduct(productId)
  if (!data) throw new Error('useLoaded is for the parts of a product’s page')
  return data
}
