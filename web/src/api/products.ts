import { api, ifMatch, once, paged, unwrap } from './client'
import type { Filters, NewProduct, Page, Product, ProductCard, ProductDeletion, ProductMember, ProductPatch, TeamRole } from './types'

export type ProductFilters = Filters<'product_list'>

type Versioned = Pick<Product, 'id' | 'version'>

const at = (productId: string) => ({ path: { product_id: productId } })

export function productList(filters: ProductFilters = {}, cursor?: string | null): Promise<Page<ProductCard>> {
  return unwrap(api.GET('/api/products', { params: { query: paged(filters, cursor) } }))
}

export function productCreate(body: NewProduct, key?: string): Promise<Product> {
  return unwrap(api.POST('/api/products', { body, ...once(key) }))
}

export function productGet(productId: string): Promise<Product> {
  return unwrap(api.GET('/api/products/{product_id}', { params: at(productId) }))
}

export function productUpdate(product: Versioned, body: ProductPatch): Promise<Product> {
  return unwrap(api.PATCH('/api/products/{product_id}', { params: at(product.id), body, ...ifMatch(product) }))
}

/** Starts deleting a product and everything below it; returns the product being deleted. */
export function productDelete(product: Versioned): Promise<Product> {
  return unwrap(api.DELETE('/api/products/{product_id}', { params: at(product.id), ...ifMatch(product) }))
}

/** Progress of a product's deletion, for users who may delete it. */
export function productDeletionGet(productId: string): Promise<ProductDeletion> {
  return unwrap(api.GET('/api/products/{product_id}/deletion', { params: at(productId) }))
}

/** The team: the owner first, then the others by name. */
export async function productMemberList(productId: string): Promise<ProductMember[]> {
  const { items } = await unwrap(api.GET('/api/products/{product_id}/members', { params: at(productId) }))
  return items
}

const member = (product: Versioned, userId: string) => ({
  params: { path: { product_id: product.id, user_id: userId } },
  ...ifMatch(product),
})

export function productMemberPut(product: Versioned, userId: string, role: TeamRole): Promise<Product> {
  return unwrap(api.PUT('/api/products/{product_id}/members/{user_id}', { ...member(product, userId), body: { role } }))
}

export function productMemberRemove(product: Versioned, userId: string): Promise<Product> {
  return unwrap(api.DELETE('/api/products/{product_id}/members/{user_id}', member(product, userId)))
}
