import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { usePanelClose } from '@/shell/useChange'
import { TaskPanel } from './panel/TaskPanel'

export const Route = createLazyRoute('/shell/products/$productId/tasks/$taskId')({ component: TaskRoute })
const route = getRouteApi('/shell/products/$productId/tasks/$taskId')

function TaskRoute() {
  const { productId, taskId } = route.useParams()
  const navigate = route.useNavigate()
  const close = usePanelClose()
  return (
    <TaskPanel
      key={taskId}
      productId={productId}
      taskId={taskId}
      onClose={() =>
        close(() => void navigate({ to: '/products/$productId/tasks', params: { productId }, search: (now) => now, resetScroll: false }))
      }
    />
  )
}
