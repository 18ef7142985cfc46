import { Link } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import type { Product } from '@/api/types'
import { useProductCan } from '@/session/productAccess'
import { buttonClass } from '@/ui/Button'

/** Link to the import of requirements or tasks into a product, for users who may import. */
export function ImportLink({ product, kind }: { product: Product | undefined; kind: 'requirements' | 'tasks' }) {
  const may = useProductCan(product)
  if (!product || !may('product_import')) return null
  return (
    <Link to="/imports/new" search={{ kind, product: product.id }} aria-label={`Import ${kind}`} className={buttonClass()}>
      <FileUp className="size-4" aria-hidden />
      <span className="max-md:hidden">Import</span>
    </Link>
  )
}
