// Why this file exists: the whole API at a glance.
import type { Services } from '../services.ts'
import { addDirectoryRoutes } from './directory.ts'
import { addEventRoute } from './events.ts'
import { addMachineRoutes } from './machines.ts'
import { addNetworkRoutes } from './networks.ts'
import { addOpenRoutes } from './open-routes.ts'
import { addTokenRoutes } from './tokens.ts'
import type { Api } from './typed.ts'
import { addWaitingRoutes } from './waiting.ts'

export function addRoutes(app: Api, services: Services): void {
  addOpenRoutes(app, services)
  addMachineRoutes(app, services)
  addWaitingRoutes(app, services)
  addNetworkRoutes(app, services)
  addTokenRoutes(app, services)
  addDirectoryRoutes(app, services)
  addEventRoute(app, services)
}
