// Why this file exists: the whole API at a glance.
import type { ApiLimits } from '../limits.ts'
import type { Services } from '../services.ts'
import type { Uploads } from '../uploads.ts'
import type { Upgrades } from '../upgrades.ts'
import { addClusterRoutes } from './clusters.ts'
import { addDirectoryRoutes } from './directory.ts'
import { addEventRoute } from './events.ts'
import { addExplainRoutes } from './explain.ts'
import { addExportRoute } from './exports.ts'
import { addHplRoutes } from './hpl-runs.ts'
import { addImageUpload } from './image-upload.ts'
import { addImageRoutes } from './images.ts'
import { addImportRoute } from './imports.ts'
import { addJobRoutes } from './jobs.ts'
import { addMachineRoutes } from './machines.ts'
import { addLeaseRoutes } from './leases.ts'
import { addNetworkRoutes } from './networks.ts'
import { addOpenRoutes } from './open-routes.ts'
import { addOrderRoutes } from './orders.ts'
import { addTokenRoutes } from './tokens.ts'
import type { Api } from './typed.ts'
import { addVcnRoutes } from './vcns.ts'
import { addVoRoutes } from './vos.ts'
import { addWaitingRoutes } from './waiting.ts'

export interface RouteParts {
  readonly services: Services
  readonly uploads: Uploads
  readonly upgrades: Upgrades
  readonly limits: ApiLimits
}

export function addRoutes(app: Api, { services, uploads, upgrades, limits }: RouteParts): void {
  addOpenRoutes(app, services)
  addMachineRoutes(app, services)
  addWaitingRoutes(app, services)
  addNetworkRoutes(app, services)
  addLeaseRoutes(app, services)
  addOrderRoutes(app, { services, limits })
  addVoRoutes(app, services)
  addImageRoutes(app, services)
  addImageUpload(app, { images: services.images, uploads, limits })
  addClusterRoutes(app, services)
  addVcnRoutes(app, { vcns: services.vcns, upgrades, limits })
  addJobRoutes(app, services)
  addHplRoutes(app, services)
  addTokenRoutes(app, services)
  addDirectoryRoutes(app, services)
  addExplainRoutes(app, services)
  addImportRoute(app, { imports: services.imports, limits })
  addExportRoute(app, services)
  addEventRoute(app, services)
}
