export function Logo({ className = 'size-6' }: { className?: string }) {
  return <img src="/icon.svg" alt="" className={className} />
}
