import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { TaskPanel } from './panel/TaskPanel'

export const Route = createLazyRoute('/shell/products/$productId/tasks/$taskId')({ component: TaskRoute })
const route = getRouteApi('/shell/products/$productId/tasks/$taskId')

function TaskRoute() {
  const { productId, taskId } = route.useParams()
  const navigate = route.useNavigate()
  return (
    <TaskPanel
      key={taskId}
      productId={productId}
      taskId={taskId}
      onClose={() => void navigate({ to: '/products/$productId/tasks', params: { productId }, search: (now) => now })}
    />
  )
}
